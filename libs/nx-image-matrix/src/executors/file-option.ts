/** Whether an option that may name a file is given: without a value it arrives as `true`, `"true"` or an empty text. */
export function isGiven(option: boolean | string | undefined): option is true | string {
  return option !== undefined && option !== false && option !== 'false';
}

/** The path that such an option names, if any. */
export function pathOf(option: true | string): string | undefined {
  return option === true || option === 'true' || option === '' ? undefined : option;
}
