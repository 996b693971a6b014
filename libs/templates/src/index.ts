export { TemplateEngine } from './engine.ts';
export type { RenderedFile, RenderedTemplates, TemplateEngineOptions } from './engine.ts';
