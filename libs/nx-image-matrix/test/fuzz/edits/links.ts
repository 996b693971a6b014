import { filesOf, linksOf } from '../sources.ts';
import type { Desk, Edit } from './edit.ts';

function pointTo({ sources, random }: Desk, link: string, targets: readonly string[]): string {
  const target = random.pick(targets);
  sources.files.set(link, { content: target, executable: false, link: true });
  return `${link} now leads to ${target}`;
}

/** A link to a folder; some images copy all of it and some copy from it. */
const moveFolderLink: Edit = (desk) => pointTo(desk, 'links/current', ['one', 'two', '../flavours/hot', '/conf']);

/** A link that a wildcard matches. */
const moveFileLink: Edit = (desk) =>
  pointTo(desk, 'conf/linked.conf', ['two.conf', '../links/chain.txt', '../links/one/run.txt', '/data/model-a.bin']);

/** A link that another link leads to. */
const moveChain: Edit = (desk) =>
  pointTo(desk, 'links/chain.txt', ['one/run.txt', 'current/run.txt', '../data/model-10.bin']);

/** A link in a copied folder is copied as one. */
const moveInnerLink: Edit = (desk) =>
  pointTo(desk, 'tools/shared/inner.txt', ['a.txt', '../../conf/other.txt', 'missing']);

const movePartial: Edit = (desk) =>
  pointTo(desk, 'templates/partials/linked.liquid', ['unused.liquid', '../other/linked.liquid', 'shared.liquid']);

const moveTemplate: Edit = (desk) =>
  pointTo(desk, 'services/jobs/templates/devel.Dockerfile.liquid', [
    'kinds/small.Dockerfile.liquid',
    'kinds/large.Dockerfile.liquid',
  ]);

const changeTarget: Edit = ({ sources, random }) => {
  const path = random.pick(filesOf(sources, /^links\/(one|two)\/|^templates\/other\/|\/templates\/kinds\//));
  const file = sources.files.get(path);
  if (!file || file.link === true) return undefined;
  const end = path.endsWith('.liquid') ? `RUN echo ${random.word()}` : random.word();
  sources.files.set(path, { ...file, content: `${file.content}${end}\n` });
  return `${path}: content, which links lead to`;
};

const addToTarget: Edit = ({ sources, random }) => {
  const path = `links/${random.pick(['one', 'two'])}/${random.word()}.conf`;
  sources.files.set(path, { content: random.word(), executable: random.chance(0.2) });
  return `${path} added, where a link leads`;
};

const changeLinkToFile: Edit = ({ sources, random }) => {
  const [link] = random.shuffled(linksOf(sources, /^(conf|tools|links\/chain)/));
  if (link === undefined) return undefined;
  sources.files.set(link, { content: random.word(), executable: false });
  return `${link} is a file now`;
};

/** Edits of symbolic links and of their targets. */
export const linkEdits: Edit[] = [
  moveFolderLink,
  moveFolderLink,
  moveFileLink,
  moveChain,
  moveInnerLink,
  movePartial,
  moveTemplate,
  changeTarget,
  changeTarget,
  changeTarget,
  addToTarget,
  changeLinkToFile,
];
