export { TemplateEngine } from './engine.ts';
export type { RenderedFile, RenderedTemplates, TemplateEngineOptions } from './engine.ts';
export { FileRenderer, type RenderedText } from './file-renderer.ts';
export { templateRoots } from './root.ts';
