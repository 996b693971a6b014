// How `nx release` reads and writes the version of the plugin: without @nx/js, which would run npm for the lock file.
const { posix } = require('node:path');
const { VersionActions } = require('nx/release');
const { releaseChangelog } = require('./changelog.cjs');

const lockFile = 'package-lock.json';

class PackageVersionActions extends VersionActions {
  validManifestFilenames = ['package.json'];

  async readCurrentVersionFromSourceManifest(tree) {
    const { manifestPath } = this.manifestsToUpdate[0];
    return { manifestPath, currentVersion: JSON.parse(tree.read(manifestPath, 'utf8')).version };
  }

  async readCurrentVersionFromRegistry() {
    return null;
  }

  async readCurrentVersionOfDependency() {
    return { currentVersion: null, dependencyCollection: null };
  }

  async updateProjectDependencies() {
    return [];
  }

  /** Writes the version to the package, the changelog and the lock file, and changes nothing else. */
  async updateProjectVersion(tree, version) {
    const { root } = this.projectGraphNode.data;
    const changelog = posix.join(root, 'CHANGELOG.md');
    const text = releaseChangelog(tree.read(changelog, 'utf8'), version, changelog);
    const lock = JSON.parse(tree.read(lockFile, 'utf8'));
    lock.packages[root].version = version;
    tree.write(changelog, text);
    tree.write(lockFile, `${JSON.stringify(lock, null, 2)}\n`);
    for (const { manifestPath } of this.manifestsToUpdate) {
      const manifest = JSON.parse(tree.read(manifestPath, 'utf8'));
      tree.write(manifestPath, `${JSON.stringify({ ...manifest, version }, null, 2)}\n`);
    }
    return [`Version ${version} stands in package.json, CHANGELOG.md and ${lockFile}`];
  }
}

module.exports = PackageVersionActions;
