/** The built-in model's title in cards and figures: of no language, so the page says its own word for it. */
export const GUIDE_TITLE = 'Guide';
