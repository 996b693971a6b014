import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node.js';

const folder = join(dirname(createRequire(import.meta.url).resolve('yaml-language-server')), '../../../bin');

/** A position in a text, counted from 0. */
interface Position {
  line: number;
  character: number;
}

/** The purpose of a schema, and a text with an error that it finds. */
interface Checked {
  name: string;
  wrong: string;
}

const manifest: Checked = { name: 'manifest.yml', wrong: 'packages: {}\nreleases: {}\nno such key: 1\n' };

/** The server of VS Code's YAML extension, with one JSON Schema for all files of one name. */
export class LanguageServer {
  private opened = 0;

  private readonly process: ChildProcess;
  private readonly connection: MessageConnection;

  private readonly name: string;

  private constructor(server: ChildProcess, connection: MessageConnection, name: string) {
    this.process = server;
    this.connection = connection;
    this.name = name;
  }

  static async start(schema: string, { name, wrong }: Checked = manifest): Promise<LanguageServer> {
    const child = spawn(process.execPath, [join(folder, 'yaml-language-server'), '--stdio'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const connection = createMessageConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    const yaml = { completion: true, hover: true, validate: true, schemaStore: { enable: false } };
    const settings = { yaml: { ...yaml, schemas: { [pathToFileURL(schema).href]: [name] } } };
    connection.onRequest('workspace/configuration', ({ items }: { items: { section: string }[] }) =>
      items.map(({ section }) => (section === 'yaml' ? settings.yaml : {})),
    );
    connection.onRequest('client/registerCapability', () => null);
    connection.listen();
    await connection.sendRequest('initialize', { processId: process.pid, rootUri: null, capabilities: client });
    await connection.sendNotification('initialized', {});
    await connection.sendNotification('workspace/didChangeConfiguration', { settings });
    const server = new LanguageServer(child, connection, name);
    await server.untilConfigured(wrong);
    return server;
  }

  /** The server answers before it has its settings: it has them once it finds what the schema forbids. */
  private async untilConfigured(wrong: string): Promise<void> {
    for (let found: string[] = []; found.length === 0;) found = await this.problems(wrong);
  }

  /** The hover text of the editor at the `|` in the text, as Markdown. */
  async hover(text: string): Promise<string> {
    const result = await this.ask<{ contents: { value: string } } | null>('hover', text);
    return result?.contents.value ?? '';
  }

  /** The completions of the editor at the `|` in the text. */
  async complete(text: string): Promise<string[]> {
    const result = await this.ask<{ items: { label: string }[] }>('completion', text);
    return result.items.map(({ label }) => label);
  }

  /** The problems that the editor underlines. */
  async problems(text: string): Promise<string[]> {
    const uri = this.nextFile();
    const answer = new Promise<string[]>((resolve) => {
      this.connection.onNotification('textDocument/publishDiagnostics', (params: Published) => {
        if (params.uri === uri) resolve(params.diagnostics.map(({ message }) => message));
      });
    });
    await this.open(uri, text);
    return answer;
  }

  async stop(): Promise<void> {
    await this.connection.sendRequest('shutdown');
    await this.connection.sendNotification('exit');
    this.connection.dispose();
    this.process.kill();
  }

  private async ask<Result>(question: string, text: string): Promise<Result> {
    const uri = this.nextFile();
    await this.open(uri, text.replace('|', ''));
    return this.connection.sendRequest(`textDocument/${question}`, {
      textDocument: { uri },
      position: positionOf(text),
    });
  }

  private async open(uri: string, text: string): Promise<void> {
    await this.connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
  }

  private nextFile(): string {
    this.opened += 1;
    return `file:///workspace/${this.opened}/${this.name}`;
  }
}

interface Published {
  uri: string;
  diagnostics: { message: string }[];
}

const client = {
  textDocument: {
    completion: { completionItem: { documentationFormat: ['markdown'], snippetSupport: true } },
    hover: { contentFormat: ['markdown'] },
  },
  workspace: { configuration: true },
};

function positionOf(text: string): Position {
  const lines = text.slice(0, text.indexOf('|')).split('\n');
  return { line: lines.length - 1, character: lines.at(-1)!.length };
}
