const words = { integer: 'number' };

/** An interface of TypeScript for the objects of a JSON Schema, with what the schema says in its comments. */
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
