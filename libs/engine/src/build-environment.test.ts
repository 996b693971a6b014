import { buildEnvironment } from './build-environment.ts';

it('leaves out the SOURCE_DATE_EPOCH of the machine', () => {
  const own = { PATH: '/bin', SOURCE_DATE_EPOCH: '7' };
  expect(buildEnvironment({ buildArgs: {} }, own)).toEqual({ PATH: '/bin' });
  expect(buildEnvironment({ buildArgs: {}, environment: own }, {})).toEqual({ PATH: '/bin' });
  expect(own.SOURCE_DATE_EPOCH).toBe('7');
});

it('has the SOURCE_DATE_EPOCH of the image', () => {
  const environment = { SOURCE_DATE_EPOCH: '7' };
  expect(buildEnvironment({ buildArgs: { SOURCE_DATE_EPOCH: '0' }, environment }, {})).toEqual({
    SOURCE_DATE_EPOCH: '0',
  });
});
