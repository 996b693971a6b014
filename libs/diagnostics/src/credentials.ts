const credential = /(?:^|[_-])(?:TOKEN|PASSWORD|PASSWD|API_?KEY|ACCESS_?KEY)$|SECRET|PRIVATE_?KEY|CREDENTIAL/i;

/** Names that every shell accepts for a variable (POSIX.1-2017, 3.235 "Name"). */
export const VARIABLE_NAME: RegExp = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Whether a name suggests a credential: `PIP_TOKEN`, `DB_PASSWORD`, `AWS_SECRET_ACCESS_KEY`. */
export function looksLikeCredential(name: string): boolean {
  return credential.test(name);
}

/** Whether every shell accepts this as the name of a variable. */
export function isVariableName(name: string): boolean {
  return VARIABLE_NAME.test(name);
}
