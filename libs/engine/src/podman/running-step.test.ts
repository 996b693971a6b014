import { containersOf } from './running-step.ts';

it('the containers of a build are its descendants that lead a session', () => {
  const processes = [
    { pid: 10, parent: 1, session: 10 },
    { pid: 11, parent: 10, session: 10 },
    { pid: 12, parent: 11, session: 12 },
    { pid: 13, parent: 12, session: 12 },
    { pid: 20, parent: 1, session: 20 },
    { pid: 21, parent: 20, session: 21 },
  ];
  expect(containersOf(10, processes)).toEqual([12]);
  expect(containersOf(99, processes)).toEqual([]);
});
