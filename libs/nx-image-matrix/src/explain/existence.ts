import type { Image } from '@nx-image-matrix/manifest';
import type { Cause } from './cause.ts';
import type { Edit } from './edits.ts';
import { bestPlace } from './places.ts';
import type { SideImage } from './read-side.ts';

/** Why an image exists only now, or only did before. `others` are the images of the other state. */
export function existenceCause(
  image: Image,
  others: readonly SideImage[],
  edits: readonly Edit[],
  change: 'added' | 'removed',
): Cause {
  const { kind, name, value, words } = reasonOf(
    image,
    others.map(({ generated }) => generated.image),
  );
  const place = bestPlace(edits, words, value);
  return { kind, name, change, ...(value !== undefined && { [change === 'added' ? 'to' : 'from']: value }), ...place };
}

interface Reason {
  kind: 'axis' | 'release' | 'release-type' | 'package';
  name: string;
  value?: string;
  /** Words that the line of the manifest has. */
  words: string[];
}

/** The first of its coordinates that no image of the other state shares with it. */
function reasonOf(image: Image, others: readonly Image[]): Reason {
  const ofPackage = others.filter((other) => other.package === image.package);
  if (ofPackage.length === 0) return { kind: 'package', name: image.package, words: [image.package] };
  const ofRelease = ofPackage.filter(({ distro }) => distro.id === image.distro.id);
  const release = { kind: 'release' as const, name: image.distro.id };
  if (ofRelease.length === 0) return { ...release, words: [image.distro.id, image.distro.name, image.distro.version] };
  const ofType = ofRelease.filter(({ releaseType }) => releaseType === image.releaseType);
  const isListedElsewhere = ofPackage.some(({ releaseType }) => releaseType === image.releaseType);
  if (ofType.length === 0) {
    return isListedElsewhere
      ? { ...release, words: [image.distro.id, image.distro.name] }
      : { kind: 'release-type', name: image.releaseType, words: [image.releaseType] };
  }
  const values = new Set(ofType.flatMap(({ axes }) => axes.map(({ axis, value }) => `${axis}\0${value}`)));
  const axis = image.axes.find((one) => !values.has(`${one.axis}\0${one.value}`)) ?? image.axes.at(-1);
  if (axis)
    return { kind: 'axis', name: axis.arg ?? axis.axis, value: axis.value, words: [axis.value, axis.arg ?? axis.axis] };
  return { kind: 'release-type', name: image.releaseType, words: [image.releaseType] };
}
