import { allOptions } from './options.ts';

const DOCUMENTATION = 'https://github.com/nx-image-matrix/nx-image-matrix/blob/main/docs/';

/** The plugin's options as a JSON Schema, for editors: `schemas/plugin-options.schema.json` of the package. */
export const optionsSchema = {
  $schema: 'http://json-schema.org/draft-07/schema',
  title: 'Options of nx-image-matrix',
  description: 'Options of the plugin entry in nx.json.',
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(allOptions).map(([name, { form, must, description, more, otherwise, ...option }]) => {
      const text = otherwise === undefined ? description : `${description} Default: ${otherwise}.`;
      return [
        name,
        {
          ...form,
          description: text,
          markdownDescription: more === undefined ? text : `${text} [More](${DOCUMENTATION}${more})`,
          // Read by the JSON language server of VS Code, https://code.visualstudio.com/docs/languages/json
          errorMessage: `must be ${must}`,
          ...(option.default !== undefined && { default: option.default }),
        },
      ];
    }),
  ),
  additionalProperties: false,
};

/** The schema of a whole `nx.json`: extends that of the installed Nx, which does not cover the options of plugins. */
export const nxJsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema',
  title: 'nx.json with the options of nx-image-matrix',
  allOf: [{ $ref: '../../nx/schemas/nx-schema.json' }],
  properties: {
    plugins: {
      items: {
        if: { type: 'object', properties: { plugin: { const: 'nx-image-matrix' } }, required: ['plugin'] },
        // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema, and nobody awaits this.
        then: { properties: { options: { $ref: './plugin-options.schema.json' } } },
      },
    },
  },
};
