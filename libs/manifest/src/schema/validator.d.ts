declare module '*/validate.generated.mjs' {
  import type { ErrorObject } from 'ajv';

  /** Compiled from `manifest.schema.json` by `tools/build/compile-schema.mjs`. */
  export const validate: {
    (data: unknown): boolean;
    errors?: ErrorObject[] | null;
  };
}
