import { copyOfMapping, type Mapping, type YamlStyle } from './yaml-text.ts';

export interface SourceFile {
  content: string;
  executable: boolean;
  /** Written under a umask that lets the group write. */
  forGroup?: boolean;
}

export interface ManifestSource {
  document: Mapping;
  style: YamlStyle;
}

/** Everything that people write in the workspace: what images are generated from, what they copy, and what they do not. */
export interface Sources {
  /** By workspace-relative path. */
  manifests: Map<string, ManifestSource>;
  files: Map<string, SourceFile>;
}

/** A copy that can be edited. */
export function copyOf({ manifests, files }: Sources): Sources {
  const copies = [...manifests].map(([path, { document, style }]) => {
    const ownStyle = { ...style, comments: new Map(style.comments) };
    return [path, { document: copyOfMapping(document), style: ownStyle }] as const;
  });
  return { manifests: new Map(copies), files: new Map(files) };
}

/** The files that match, in the same order on every run. */
export function filesOf(sources: Sources, pattern: RegExp): string[] {
  return [...sources.files.keys()].filter((path) => pattern.test(path)).sort();
}
