/** Whether a key below a value of an axis is not an argument. */
export function isReserved(name: string): boolean {
  return name === 'platforms';
}

/** Whether a key of an entry of `cuda_dependencies` is not a component. */
export function isReservedForCuda(name: string): boolean {
  return name === 'requires' || name === 'platforms';
}
