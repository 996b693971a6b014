import { copyOfMapping, type Mapping, type YamlStyle } from './yaml-text.ts';

export interface SourceFile {
  content: string;
  executable: boolean;
  /** The path that it is written to. */
  umask?: number;
  /** Whether it is a symbolic link; the content is its target. */
  link?: boolean;
}

/** A repository in a folder; the workspace names its commit. */
interface Submodule {
  /** Number of commits. */
  commits: number;
}

interface ManifestSource {
  document: Mapping;
  style: YamlStyle;
}

/** All handwritten files of the workspace: those that images are generated from, those that they copy, and others. */
export interface Sources {
  /** By workspace-relative path. */
  manifests: Map<string, ManifestSource>;
  /** Files that a manifest includes. */
  parts: Map<string, ManifestSource>;
  files: Map<string, SourceFile>;
  /** By folder; the content of submodules is among the files. */
  submodules: Map<string, Submodule>;
}

export const noSources: Sources = {
  manifests: new Map(),
  parts: new Map(),
  files: new Map(),
  submodules: new Map(),
};

/** A copy that can be edited. */
export function copyOf({ manifests, parts, files, submodules }: Sources): Sources {
  return {
    manifests: copyOfDocuments(manifests),
    parts: copyOfDocuments(parts),
    files: new Map(files),
    submodules: new Map(submodules),
  };
}

function copyOfDocuments(documents: ReadonlyMap<string, ManifestSource>): Map<string, ManifestSource> {
  return new Map(
    [...documents].map(([path, { document, style }]) => [
      path,
      { document: copyOfMapping(document), style: { ...style, comments: new Map(style.comments) } },
    ]),
  );
}

/** The matching files that are not links, in the same order on every run. */
export function filesOf(sources: Sources, pattern: RegExp): string[] {
  return pathsOf(sources, pattern).filter((path) => sources.files.get(path)?.link !== true);
}

/** The matching links, in the same order on every run. */
export function linksOf(sources: Sources, pattern: RegExp): string[] {
  return pathsOf(sources, pattern).filter((path) => sources.files.get(path)?.link === true);
}

function pathsOf(sources: Sources, pattern: RegExp): string[] {
  return [...sources.files.keys()].filter((path) => pattern.test(path)).sort();
}
