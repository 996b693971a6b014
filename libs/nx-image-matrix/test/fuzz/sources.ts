import { copyOfMapping, type Mapping, type YamlStyle } from './yaml-text.ts';

export interface SourceFile {
  content: string;
  executable: boolean;
  /** That it is written under. */
  umask?: number;
  /** Whether it is a symbolic link, and the content where it leads. */
  link?: boolean;
}

/** A repository in a folder of its own, whose commit the workspace names. */
interface Submodule {
  /** How often it has been committed. */
  commits: number;
}

interface ManifestSource {
  document: Mapping;
  style: YamlStyle;
}

/** Everything that people write in the workspace: what images are generated from, what they copy, and what they do not. */
export interface Sources {
  /** By workspace-relative path. */
  manifests: Map<string, ManifestSource>;
  files: Map<string, SourceFile>;
  /** By folder; what lies in one of them is among the files. */
  submodules: Map<string, Submodule>;
}

export const noSources: Sources = { manifests: new Map(), files: new Map(), submodules: new Map() };

/** A copy that can be edited. */
export function copyOf({ manifests, files, submodules }: Sources): Sources {
  const copies = [...manifests].map(([path, { document, style }]) => {
    const ownStyle = { ...style, comments: new Map(style.comments) };
    return [path, { document: copyOfMapping(document), style: ownStyle }] as const;
  });
  return { manifests: new Map(copies), files: new Map(files), submodules: new Map(submodules) };
}

/** The files that match and are not links, in the same order on every run. */
export function filesOf(sources: Sources, pattern: RegExp): string[] {
  return pathsOf(sources, pattern).filter((path) => sources.files.get(path)?.link !== true);
}

/** The links that match, in the same order on every run. */
export function linksOf(sources: Sources, pattern: RegExp): string[] {
  return pathsOf(sources, pattern).filter((path) => sources.files.get(path)?.link === true);
}

function pathsOf(sources: Sources, pattern: RegExp): string[] {
  return [...sources.files.keys()].filter((path) => pattern.test(path)).sort();
}
