import { EngineError } from './errors.ts';

/** The error for an image with attestations, on an engine that makes none. */
export function noAttestations(tag: string, why: string): EngineError {
  return new EngineError('no-attestations', `${tag} is not built: it has \`attestations\`, and ${why}`, {
    hint:
      'switch docker to the containerd image store (`"features": {"containerd-snapshotter": true}` in daemon.json), or ' +
      'build with a builder that the plugin option `builder` names, into `staging`. IMAGE_ATTESTATIONS=false builds ' +
      'without attestations in one run; such images are not pushed',
  });
}
