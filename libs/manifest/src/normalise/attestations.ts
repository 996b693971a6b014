import type { AttestationSettings } from '../image.ts';
import type { AttestationsLayer } from '../manifest.ts';
import type { Node } from '../yaml/tree.ts';
import { textOf, valueOf } from './read.ts';

/** The key `attestations` of one level. */
export function readAttestations(node: Node): AttestationsLayer {
  const provenance = valueOf(node, 'provenance');
  const sbom = valueOf(node, 'sbom');
  return {
    ...(provenance && { provenance: readProvenance(provenance) }),
    ...(sbom && { sbom: readSbom(sbom) }),
  };
}

/** `true` is the mode that buildx has by default. */
function readProvenance(node: Node): AttestationsLayer['provenance'] {
  if (node.kind !== 'scalar') return null;
  if (node.value === true) return 'min';
  return node.value === 'min' || node.value === 'max' ? node.value : null;
}

function readSbom(node: Node): AttestationSettings['sbom'] | null {
  if (node.kind === 'map') {
    const generator = textOf(valueOf(node, 'generator'))?.text;
    return generator ? { generator } : {};
  }
  return node.kind === 'scalar' && node.value === true ? {} : null;
}
