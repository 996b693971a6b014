export { findCosign, type Cosign } from './cosign.ts';
export { PASSWORD_VARIABLE } from './environment.ts';
export { isKeyUri, isPrivateKey, type SigningKey } from './key.ts';
export { publicKeyOf } from './public-key.ts';
export { signImage, type SignRequest } from './sign-image.ts';
export { hasIdentityToken } from './token.ts';
export { isSigned } from './verify.ts';
