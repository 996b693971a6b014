const unreleased = 'Unreleased';

/**
 * The changelog with the section of what is not released yet under the name of the version.
 * @throws Error when there is nothing to release: no such section, or nothing in it
 */
exports.releaseChangelog = (text, version, file) => {
  const [, heading, body] = /^## (\S+).*\n([^]*?)(?=^## |$(?![^]))/m.exec(text) ?? [];
  if (heading !== unreleased && heading !== version) {
    const found = heading === undefined ? 'no heading' : `"## ${heading}"`;
    throw new Error(`${file} begins with ${found}. Write what is new below "## ${unreleased}" above it.`);
  }
  if (body.trim() === '') throw new Error(`${file} has nothing below "## ${heading}". Write what is new there.`);
  if (heading === unreleased && text.includes(`\n## ${version}\n`)) {
    throw new Error(`${file} has a section "## ${version}" already. Choose another version, or join the two.`);
  }
  return text.replace(`## ${heading}`, `## ${version}`);
};
