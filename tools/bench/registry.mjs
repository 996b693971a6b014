// A registry that has every reference. Its digests change with the content of the file that the argument names.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [, , moves] = process.argv;
const server = createServer(({ url }, response) => {
  const digest = createHash('sha256')
    .update(`${url} ${readFileSync(moves, 'utf8')}`)
    .digest('hex');
  response.writeHead(200, {
    'content-type': 'application/vnd.oci.image.index.v1+json',
    'content-length': '2',
    'docker-content-digest': `sha256:${digest}`,
  });
  response.end();
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
