/** Bytes the page's own files take in its cache; 0 where the browser does not tell. */
export async function shellBytes(): Promise<number> {
  try {
    const estimate: StorageEstimate & { readonly usageDetails?: { readonly caches?: number } } =
      await navigator.storage.estimate();
    return estimate.usageDetails?.caches ?? 0;
  } catch {
    return 0;
  }
}
