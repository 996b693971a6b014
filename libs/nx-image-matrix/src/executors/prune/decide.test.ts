import { decide } from './decide.ts';
import { removalsOf } from './removals.ts';
import type { TagFacts, Verdict } from './tag-facts.ts';

const digest = (name: string): string => `sha256:${Buffer.from(name).toString('hex').padEnd(64, '0').slice(0, 64)}`;
const attachedTo = (name: string, suffix = '.sig'): string => `${digest(name).replace(':', '-')}${suffix}`;

interface Spec {
  image?: string;
  refersTo?: string[];
  parents?: string[];
}

/** Tags whose name begins with `old` are to go, as far as the rules are concerned. */
function planned(specs: Record<string, Spec>) {
  const facts = Object.entries(specs).map(([tag, { image = tag, refersTo = [], parents = [] }]): TagFacts => {
    return { tag, digest: digest(image), refersTo: refersTo.map(digest), parents: parents.map(digest) };
  });
  return decide(facts, ({ tag }): Verdict => (tag.startsWith('old') ? { goes: 'old' } : { stays: 'newest' }));
}

function going(specs: Record<string, Spec>): string[] {
  return planned(specs).flatMap(({ tag, verdict }) => ('goes' in verdict ? [tag] : []));
}

describe('decide', () => {
  it('follows the rules where nothing else needs an image', () => {
    expect(going({ old1: {}, old2: {}, new1: {} })).toEqual(['old1', 'old2']);
  });

  it('keeps all tags of an image of which one stays, and says which', () => {
    const plan = planned({ old1: { image: 'a' }, old2: { image: 'a' }, latest: { image: 'a' } });
    expect(plan.map(({ verdict }) => verdict)).toEqual([
      { stays: 'shared', why: 'the same image as latest' },
      { stays: 'shared', why: 'the same image as latest' },
      { stays: 'newest' },
    ]);
    expect(going({ old1: { image: 'a' }, old2: { image: 'a' } })).toEqual(['old1', 'old2']);
  });

  it('keeps what an index that stays names, and what an image that stays was built on', () => {
    expect(going({ old1: {}, old2: {}, index: { refersTo: ['old1'] }, child: { parents: ['old2'] } })).toEqual([]);
    expect(going({ old1: {}, oldIndex: { refersTo: ['old1'] } })).toEqual(['old1', 'oldIndex']);
  });

  it('follows chains: what keeps one image keeps what that needs', () => {
    const chain = { old1: {}, old2: { parents: ['old1'] }, old3: { refersTo: ['old2'] }, old4: { image: 'old3' } };
    expect(going(chain)).toHaveLength(4);
    expect(going({ ...chain, latest: { image: 'old3' } })).toEqual([]);
  });

  it('takes what is attached with its image, and only with it', () => {
    const tags = [attachedTo('old1'), attachedTo('old1', ''), attachedTo('old1', '.att')];
    const attached = Object.fromEntries(tags.map((tag) => [tag, { refersTo: ['old1'] }]));
    expect(going({ old1: {}, ...attached })).toEqual(['old1', ...tags]);
    expect(going({ old1: {}, latest: { image: 'old1' }, ...attached })).toEqual([]);
    expect(going({ [attachedTo('gone before')]: {} })).toEqual([]);
  });

  it('takes what is attached to a platform of an index that goes', () => {
    const tag = attachedTo('platform');
    expect(going({ old1: { refersTo: ['platform'] }, [tag]: {} })).toEqual(['old1', tag]);
    expect(going({ old1: { refersTo: ['platform'] }, other: { refersTo: ['platform'] }, [tag]: {} })).toEqual(['old1']);
  });

  it('keeps what is attached if its own image has another tag', () => {
    expect(going({ old1: {}, [attachedTo('old1')]: { image: 's' }, shown: { image: 's' } })).toEqual(['old1']);
  });
});

describe('removalsOf', () => {
  const order = (specs: Record<string, Spec>): string[] => removalsOf(planned(specs)).flatMap(({ tags }) => tags);

  it('has one removal for an image with several tags', () => {
    const removals = removalsOf(planned({ old1: { image: 'a' }, new1: {}, old2: { image: 'a' } }));
    expect(removals).toEqual([{ digest: digest('a'), tags: ['old1', 'old2'], after: [] }]);
  });

  it('deletes an index before its images, a child before its parent, and an image before what is attached', () => {
    const sig = attachedTo('old1');
    const specs = { [sig]: {}, old1: {}, old2: { refersTo: ['old1'] }, old3: { parents: ['old2'] } };
    expect(order(specs)).toEqual(['old3', 'old2', 'old1', sig]);
  });

  it('waits for the index of a platform before what is attached to that', () => {
    const sig = attachedTo('platform');
    expect(order({ [sig]: {}, old1: { refersTo: ['platform'] } })).toEqual(['old1', sig]);
  });

  it('ends although labels name each other', () => {
    expect(order({ old1: { parents: ['old2'] }, old2: { parents: ['old1'] } }).sort()).toEqual(['old1', 'old2']);
  });
});
