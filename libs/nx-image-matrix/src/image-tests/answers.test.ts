import { createServer, type Server } from 'node:net';
import { askHttp, asksTcp } from './answers.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

async function listening(
  onConnection: Parameters<typeof createServer>[1] & object,
): Promise<{ host: string; port: number }> {
  server = createServer(onConnection);
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { host: '127.0.0.1', port: typeof address === 'object' && address ? address.port : 0 };
}

describe('a TCP connection', () => {
  it.each<[what: string, listens: boolean, serve: Parameters<typeof listening>[0]]>([
    ['that stays open', true, (socket) => void setTimeout(() => socket.destroy(), 2_000).unref()],
    ['that greets and closes', true, (socket) => void socket.end('hello\n')],
    ['that is closed at once, as by the proxy of an engine', false, (socket) => void socket.destroy()],
  ])('%s: %s', async (_, listens, serve) => {
    expect(await asksTcp(await listening(serve), 3_000)).toBe(listens);
  });

  it('to nothing is none', async () => {
    const address = await listening(() => undefined);
    await new Promise((resolve) => server!.close(resolve));
    expect(await asksTcp(address, 3_000)).toBe(false);
  });
});

describe('an HTTP request', () => {
  it('gets status and body, and does not follow redirects', async () => {
    const address = await listening((socket) => void socket.end('HTTP/1.0 302 Found\r\nLocation: /x\r\n\r\ngo there'));
    expect(await askHttp(address, '/', 3_000)).toEqual({ status: 302, body: 'go there' });
  });

  it.each([
    ['no HTTP', 'hello\n'],
    ['nothing', ''],
  ])('that gets %s says so', async (_, text) => {
    expect(typeof (await askHttp(await listening((socket) => void socket.end(text)), '/', 3_000))).toBe('string');
  });

  it('ends, whatever is sent for ever', async () => {
    const address = await listening((socket) => {
      socket.on('error', () => undefined);
      socket.write('HTTP/1.0 200 OK\r\n\r\n');
      const more = (): void => void (socket.writable && socket.write('x'.repeat(65_536), () => setImmediate(more)));
      more();
    });
    const answer = await askHttp(address, '/', 5_000);
    expect(typeof answer === 'object' && answer.body.length).toBeGreaterThan(1_000_000);
  });

  it('ends if nothing is sent', async () => {
    const address = await listening(() => undefined);
    expect(await askHttp(address, '/', 200)).toBe('none within 1 s');
  });
});
