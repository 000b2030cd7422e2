interface ImportMetaEnv {
  /** Of package.json; see vite.config.ts. */
  readonly VITE_SHOAL_VERSION: string;
}
