/** Which browser this is, only to say how WebGPU is switched on in it. */
export type Browser =
  | 'insecure'
  | 'chromiumLinux'
  | 'chromiumAndroid'
  | 'chromium'
  | 'firefox'
  | 'safariIos'
  | 'safari'
  | 'other';

export function browserOf(userAgent: string, secure: boolean): Browser {
  // The engine hides WebGPU from pages that came over plain http, in every browser.
  if (!secure) return 'insecure';
  // Every browser on an iPhone is Safari's engine.
  if (/iPhone|iPad/.test(userAgent)) return 'safariIos';
  if (/Firefox\//.test(userAgent)) return 'firefox';
  if (/Chrome\//.test(userAgent)) {
    if (/Android/.test(userAgent)) return 'chromiumAndroid';
    return /Linux|X11|CrOS/.test(userAgent) ? 'chromiumLinux' : 'chromium';
  }
  return /Safari\//.test(userAgent) ? 'safari' : 'other';
}
