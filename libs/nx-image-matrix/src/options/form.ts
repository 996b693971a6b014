/** The subset of JSON Schema that describes options. */
export type Form =
  | { enum: readonly string[] }
  | { oneOf: readonly Form[] }
  | { type: 'string'; pattern?: string }
  | { type: 'boolean' }
  | { type: 'number' | 'integer'; exclusiveMinimum?: number }
  | { type: 'array'; items: Form }
  | { type: 'object'; properties: Readonly<Record<string, Form>>; additionalProperties: false }
  | { type: 'object'; propertyNames?: { pattern: string }; additionalProperties: Form };

/** The type of a form's values. */
export type ValueOf<F> = F extends { enum: readonly (infer Value)[] }
  ? Value
  : F extends { oneOf: readonly (infer One)[] }
    ? ValueOf<One>
    : F extends { type: 'string' }
      ? string
      : F extends { type: 'boolean' }
        ? boolean
        : F extends { type: 'number' | 'integer' }
          ? number
          : F extends { type: 'array'; items: infer Item }
            ? ValueOf<Item>[]
            : F extends { type: 'object'; properties: infer Properties }
              ? { -readonly [Name in keyof Properties]?: ValueOf<Properties[Name]> }
              : F extends { type: 'object'; additionalProperties: infer Value }
                ? Record<string, ValueOf<Value>>
                : never;
