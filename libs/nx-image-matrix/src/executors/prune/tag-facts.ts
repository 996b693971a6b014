/** A tag of a repository, and what its image is known by. */
export interface TagFacts {
  tag: string;
  digest: string;
  /** Digests that its manifest names: the images of an index, and the subject of an artifact. */
  refersTo: readonly string[];
  /** Digests of the images that it was built on. */
  parents: readonly string[];
  /** When the image was built, in milliseconds since 1970; absent if it does not say, or was not asked for. */
  created?: number;
}

/** Why a tag stays, in the words of the summary. */
export const keepReasons = {
  unmatched: 'not matched',
  other: 'of other images',
  newest: 'among the newest',
  pushed: 'pushed from the current files',
  floating: 'floating',
  unversioned: 'of images whose version is not given',
  undated: 'without a time',
  young: 'young',
  current: 'of the current files',
  shared: 'the same image as one that stays',
  needed: 'needed by one that stays',
  attached: 'belong to an image that stays',
} as const;

export type KeepReason = keyof typeof keepReasons;

/** What happens to a tag. */
export type Verdict = { stays: KeepReason; why?: string } | { goes: string };

/** A tag with what happens to it. */
export type PlannedTag = TagFacts & { verdict: Verdict };

/** Whether a planned tag is to be deleted. */
export function goes({ verdict }: PlannedTag): boolean {
  return 'goes' in verdict;
}
