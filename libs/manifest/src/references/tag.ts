const tag = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** Whether a registry takes this as a tag (OCI distribution specification, "Pulling manifests"). */
export function isTag(text: string): boolean {
  return tag.test(text);
}

/** Whether a text can be part of a tag, at any place of it. */
export function isPartOfTag(text: string): boolean {
  return /^[A-Za-z0-9_.-]*$/.test(text);
}
