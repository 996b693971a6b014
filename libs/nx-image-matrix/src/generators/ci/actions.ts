/** An action by its major tag, with the release and commit of that tag when this was written. */
interface KnownAction {
  uses: string;
  version: string;
  commit: string;
}

/** Actions that the workflows use. Commits are those of the tags in the actions' own repositories on github.com. */
export const actions = {
  checkout: {
    uses: 'actions/checkout@v5',
    version: 'v5.1.0',
    commit: 'fbc6f3992d24b796d5a048ff273f7fcc4a7b6c09',
  },
  node: {
    uses: 'actions/setup-node@v5',
    version: 'v5.0.0',
    commit: 'a0853c24544627f65ddf259abe73b1d18a591444',
  },
  pnpm: {
    uses: 'pnpm/action-setup@v4',
    version: 'v4.2.0',
    commit: '41ff72655975bd51cab0327fa583b6e92b6d3061',
  },
  bun: {
    uses: 'oven-sh/setup-bun@v2',
    version: 'v2.2.0',
    commit: '0c5077e51419868618aeaa5fe8019c62421857d6',
  },
  /** Finds the last successful run of the main branch, so that a failed run loses nothing. */
  shas: {
    uses: 'nrwl/nx-set-shas@v4',
    version: 'v4.4.0',
    commit: '3e9ad7370203c1e93d109be57f3b72eb0eb511b1',
  },
  login: {
    uses: 'docker/login-action@v3',
    version: 'v3.7.0',
    commit: 'c94ce9fb468520275223c153574b00df6fe4bcc9',
  },
  /** Emulates processors that no runner has. */
  qemu: {
    uses: 'docker/setup-qemu-action@v4',
    version: 'v4.2.0',
    commit: '96fe6ef7f33517b61c61be40b68a1882f3264fb8',
  },
  upload: {
    uses: 'actions/upload-artifact@v7',
    version: 'v7.0.0',
    commit: 'bbbca2ddaa5d8feaa63e36b76fdaad77386f024f',
  },
  download: {
    uses: 'actions/download-artifact@v8',
    version: 'v8.0.1',
    commit: '3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c',
  },
} satisfies Record<string, KnownAction>;
