export { TemplateEngine } from './engine.ts';
export type { RenderedFile, RenderedTemplates, TemplateEngineOptions } from './engine.ts';
export { templateRoots } from './root.ts';
