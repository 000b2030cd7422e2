/** Which browser this is: to say how WebGPU is switched on in it, and what a report names. */
export type Browser =
  | 'insecure'
  | 'chromiumLinux'
  | 'chromiumAndroid'
  | 'chromium'
  | 'firefoxLinux'
  | 'firefoxAndroid'
  | 'firefox'
  | 'safariIos'
  | 'safari'
  | 'other';

/** `touchPoints` is navigator.maxTouchPoints: an iPad says that it is a Mac, and no Mac has them. */
export function browserOf(userAgent: string, secure: boolean, touchPoints = 0): Browser {
  // The engine hides WebGPU from pages that came over plain http, in every browser.
  if (!secure) return 'insecure';
  // Every browser on an iPhone is Safari's engine.
  if (isApplePad(userAgent, touchPoints)) return 'safariIos';
  const android = /Android/.test(userAgent);
  const linux = /Linux|X11|CrOS/.test(userAgent);
  if (/Firefox\//.test(userAgent)) return android ? 'firefoxAndroid' : linux ? 'firefoxLinux' : 'firefox';
  if (/Chrome\//.test(userAgent)) return android ? 'chromiumAndroid' : linux ? 'chromiumLinux' : 'chromium';
  return /Safari\//.test(userAgent) ? 'safari' : 'other';
}

/** A phone or a tablet: little memory, and pages that are ended without asking. */
export function isHandheld(userAgent: string, touchPoints = 0): boolean {
  return /Android|Mobile/.test(userAgent) || isApplePad(userAgent, touchPoints);
}

function isApplePad(userAgent: string, touchPoints: number): boolean {
  return /iPhone|iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && touchPoints > 1);
}

const NAMES: readonly (readonly [string, RegExp])[] = [
  ['Edge', /Edg(?:A|iOS)?\/([\d.]+)/],
  ['Opera', /OPR\/([\d.]+)/],
  ['Samsung Internet', /SamsungBrowser\/([\d.]+)/],
  ['Firefox', /(?:Firefox|FxiOS)\/([\d.]+)/],
  ['Chrome', /(?:Chrome|CriOS)\/([\d.]+)/],
  ['Safari', /Version\/([\d.]+).*Safari/],
];

/** 'Chrome 130', as people call it; the whole of what it says where it is none of those. */
export function browserName(userAgent: string): string {
  for (const [name, pattern] of NAMES) {
    const version = pattern.exec(userAgent)?.[1];
    if (version !== undefined) return `${name} ${version.replace(/(\.0)+$/, '')}`;
  }
  return userAgent;
}
