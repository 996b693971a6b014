import { replaceParents } from './replace-parents.ts';

const parents = { 'x:1': 'ID', 'localhost:5000/team/x:1': 'ID2' };

it.each([
  ['FROM x:1', 'FROM ID'],
  ['FROM x:1 AS build', 'FROM ID AS build'],
  ['  from --platform=$BUILDPLATFORM x:1', '  from --platform=$BUILDPLATFORM ID'],
  ['FROM localhost:5000/team/x:1', 'FROM ID2'],
  ['FROM x:12', 'FROM x:12'],
  ['FROM team/x:1', 'FROM team/x:1'],
  ['FROM x:1@sha256:ab', 'FROM x:1@sha256:ab'],
  ['COPY --from=x:1 /a /b', 'COPY --from=ID /a /b'],
  ['COPY --chown=1:1 --from=x:1 /a /b', 'COPY --chown=1:1 --from=ID /a /b'],
  ['RUN --mount=type=bind,from=x:1,target=/x true', 'RUN --mount=type=bind,from=ID,target=/x true'],
  ['RUN --mount=from=x:1,target=/x true', 'RUN --mount=from=ID,target=/x true'],
  [
    'RUN --mount=type=cache,target=/c --mount=from=x:1,target=/x true',
    'RUN --mount=type=cache,target=/c --mount=from=ID,target=/x true',
  ],
  ['LABEL base=x:1', 'LABEL base=x:1'],
  ['RUN echo FROM x:1', 'RUN echo FROM x:1'],
  ['ENV A=b\nFROM x:1\nFROM x:1', 'ENV A=b\nFROM ID\nFROM ID'],
  ['FROM toString', 'FROM toString'],
])('%j becomes %j', (dockerfile, replaced) => {
  expect(replaceParents(dockerfile, parents)).toBe(replaced);
});
