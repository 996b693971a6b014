const words = { integer: 'number' };

/** A TypeScript interface for the objects of a JSON Schema, with the schema's descriptions as comments. */
export function interfaceOf(name, { description, properties }) {
  const members = Object.entries(properties).flatMap(([key, property]) => [
    `    /** ${comment(property)} */`,
    `    ${key}?: ${typeOf(property)};`,
  ]);
  return [`/** ${description} */`, `export interface ${name} {`, ...members, '}', ''].join('\n');
}

function comment({ description, default: value }) {
  return value === undefined || value === '' ? description : `${description} Default: ${JSON.stringify(value)}.`;
}

function typeOf({ enum: values, oneOf, type, items, properties, additionalProperties }) {
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (oneOf) return oneOf.map(typeOf).join(' | ');
  if (type === 'array') return `${typeOf(items)}[]`;
  if (!properties && type === 'object') return `Record<string, ${typeOf(additionalProperties)}>`;
  if (!properties) return words[type] ?? type;
  return `{ ${Object.entries(properties)
    .map(([key, property]) => `${key}?: ${typeOf(property)}`)
    .join('; ')} }`;
}
