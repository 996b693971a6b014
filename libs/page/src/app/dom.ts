type Child = Node | string | undefined | false;
type Properties = Record<string, string | number | boolean | undefined | ((event: Event) => void)>;

/**
 * Creates an element. Text is always text, never HTML. A function becomes an event listener, `true` an empty attribute;
 * `undefined` and `false` omit the attribute.
 */
export function h<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(key, value);
    else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

/** The element with that ID, from the markup of the page. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}
