/**
 * Words in the output of any build, and common test passwords. Masking one of them would make the log unreadable, and
 * would reveal the word.
 */
const common = new Set(
  `abc123 access account administrator alpine amazon amd64 anonymous apache apt-get arm64 azure base64 basic bearer binary
  bookworm branch browser builder building buster bullseye cached caching centos certificate changeme client cluster command
  complete completed config configuration configure connect connection container containers context copying create created
  credential credentials cudnn database debian default delete deleted deploy deployment develop development devel digest
  directory disabled docker dockerfile dockerhub domain download downloaded downloading enabled entrypoint environment error
  example export exporting extracting failed failure fedora filesystem finished foobar folder frontend backend function gateway
  gitlab github golang google guest123 health healthcheck import importing index info information install installed installing
  internal jenkins kernel kubernetes label latest layers letmein library license linux linux/amd64 linux/arm64 listening
  loading local localhost machine manager manifest master maven mariadb message metadata minimal module mongodb monitor mysql
  network nginx nobody nodejs null number nvidia object online openssl operator oracle output package packages passw0rd password
  password1 password123 passwd passphrase pending platform plugin policy postgres postgresql preparing private process
  production project properties protocol public pulling pushing python python3 qwerty rabbitmq reading readme redhat redis
  registry release remote removed removing replace repository request resolve resolved response result rootroot running
  runtime sample script secret secrets security server service session setting settings shared sha256 source stable stage
  staging standard starting status stdout stderr storage string success successful support system target template testing
  testtest tests token toomany transferring trixie ubuntu undefined unknown unpacking update updated updating upgrade upload
  user123 username using utf-8 version versions volume waiting warning welcome windows workdir worker workspace world writing
  x86_64 aarch64 000000 111111 123123 123456 1234567 12345678 123456789 1234567890 654321`.split(/\s+/),
);

/** A shorter value is matched only as a whole word, and one below four characters not at all. */
export const longEnough = 6;
const shortest = 4;

/** Whether a value is too short or too common to be masked. */
export function isWeak(value: string): boolean {
  if (value.length < shortest) return true;
  if (value.length < longEnough) return /^([A-Za-z]+|[\d.,:/-]+)$/.test(value);
  return common.has(value.toLowerCase());
}
