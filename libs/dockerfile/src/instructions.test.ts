import { DockerfileParser } from 'dockerfile-ast';
import type { Instruction } from 'dockerfile-ast';
import * as fc from 'fast-check';
import { readDirectives, readInstructions, splitLines } from './instructions.ts';

function read(text: string): string[] {
  const lines = splitLines(text);
  const [instructions] = readInstructions(lines, readDirectives(lines).escape);
  return instructions.map(({ line, keyword, flags, operands }) =>
    [line, keyword, ...flags.map(([name, value]) => `[${name}=${value}]`), operands].join(' '),
  );
}

function describeInstruction(found: Instruction): string {
  const words = found.getArguments().map((argument) => argument.getValue());
  return [found.getRange().start.line + 1, found.getKeyword(), ...words].join(' ');
}

describe('the instructions of a Dockerfile', () => {
  it.each([
    ['lower-case keywords', 'from a\ncopy b c', ['1 FROM a', '2 COPY b c']],
    ['indented ones', '  FROM a\n\tRUN b', ['1 FROM a', '2 RUN b']],
    ['continuation lines', 'RUN a \\\n  b \\\n  c\nCMD d', ['1 RUN a   b   c', '4 CMD d']],
    ['blanks after the backslash', 'RUN a \\ \t\n b', ['1 RUN a  b']],
    ['comments between continuation lines', 'RUN a \\\n# no \\\n  # no\n b\nCMD c', ['1 RUN a  b', '5 CMD c']],
    ['empty lines between continuation lines', 'RUN a \\\n\n\n b', ['1 RUN a  b']],
    ['a comment that ends in a backslash', '# no \\\nFROM a', ['2 FROM a']],
    ['an escaped backslash, which continues nothing', 'ENV A=b\\\\\nCMD c', ['1 ENV A=b\\\\', '2 CMD c']],
    ['a backslash at the very end', 'RUN a \\', ['1 RUN a']],
    ['Windows line ends', 'FROM a\r\nRUN b \\\r\n c\r\n', ['1 FROM a', '2 RUN b  c']],
    ['a byte order mark', '\uFEFFFROM a', ['1 FROM a']],
    ['another escape character', '# escape=`\nRUN dir C:\\\nRUN a `\n b', ['2 RUN dir C:\\', '3 RUN a  b']],
    ['an escape directive after a comment, which is none', '#\n# escape=`\nRUN a `\nCMD b', ['3 RUN a `', '4 CMD b']],
    ['flags', 'COPY --from=b --link a c', ['1 COPY [from=b] [link=] a c']],
    ['flags on the next line', 'COPY \\\n  --from=b \\\n  a c', ['1 COPY [from=b] a c']],
    ['flags with quotes', 'RUN --mount="type=bind,source=a b" c', ['1 RUN [mount=type=bind,source=a b] c']],
    ["a command's own flags", 'RUN ls --color', ['1 RUN ls --color']],
    ['a keyword alone', 'FROM', ['1 FROM ']],
  ])('are split with %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    ['COPY', 'COPY <<EOF /x\nFROM b\nEOF\nCMD c', ['1 COPY <<EOF /x', '4 CMD c']],
    ['several', 'COPY <<A <<"B" /x/\nA b\nA\nCMD no\nB\nCMD c', ['1 COPY <<A <<"B" /x/', '6 CMD c']],
    ['one between tabs', 'RUN <<-EOF\n\tFROM b\n\tEOF\nCMD c', ['1 RUN <<-EOF', '4 CMD c']],
    ['a file descriptor', 'RUN cat 3<<EOF\nFROM b\nEOF\nCMD c', ['1 RUN cat 3<<EOF', '4 CMD c']],
    ['ONBUILD', 'ONBUILD RUN <<EOF\nFROM b\nEOF\nCMD c', ['1 ONBUILD RUN <<EOF', '4 CMD c']],
    ['backslashes in it', 'RUN <<EOF\na \\\nEOF\nCMD c', ['1 RUN <<EOF', '4 CMD c']],
  ])('are not read from heredocs: %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    ['in quotes', "RUN sh -c 'cat <<EOF'\nCMD c", ["1 RUN sh -c 'cat <<EOF'", '2 CMD c']],
    ['in a JSON list', 'RUN ["cat", "<<EOF"]\nCMD c', ['1 RUN ["cat", "<<EOF"]', '2 CMD c']],
    ['of a here-string', 'RUN cat <<<EOF\nCMD c', ['1 RUN cat <<<EOF', '2 CMD c']],
    ['of a shift', 'RUN echo $((1<<2))\nCMD c', ['1 RUN echo $((1<<2))', '2 CMD c']],
    ['of an instruction without heredocs', 'ENV A="<<EOF" B=<<EOF\nCMD c', ['1 ENV A="<<EOF" B=<<EOF', '2 CMD c']],
  ])('are not swallowed by `<<` %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('name the heredoc that is not closed', () => {
    const [, problems] = readInstructions(['FROM a', ' RUN <<EOF', 'b'], '\\');
    expect(problems).toEqual([{ line: 2, column: 2, message: 'the heredoc `EOF` is not terminated' }]);
  });

  it('are the same as with dockerfile-ast, wherever lines are broken', () => {
    const word = fc.stringMatching(/^[a-z./=:-]{1,6}$/).filter((text) => !text.startsWith('-'));
    const gap = fc.constantFrom(' ', '  ', ' \\\n', ' \\\n  ', ' \\\n# comment\n', ' \\\n\n  # comment\n');
    const keyword = fc.constantFrom('FROM', 'RUN', 'COPY', 'env', 'ARG', 'Cmd', 'LABEL');
    const instruction = fc.tuple(keyword, fc.array(fc.tuple(gap, word), { minLength: 1, maxLength: 5 }));
    const between = fc.constantFrom('\n', '\n\n', '\n# comment\n', '\n  # comment \\\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(instruction, between), { minLength: 1 }), (parts) => {
        const text = parts.map(([[name, rest], end]) => name + rest.flat().join('') + end).join('');
        const expected = DockerfileParser.parse(text).getInstructions().map(describeInstruction);
        expect(read(text).map((line) => line.replaceAll(/\s+/g, ' '))).toEqual(expected);
      }),
    );
  });
});
