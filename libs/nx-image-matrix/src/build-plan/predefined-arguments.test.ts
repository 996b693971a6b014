import { isPredefined, isProxy } from './predefined-arguments.ts';

it.each(['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'no_proxy', 'ALL_PROXY', 'ftp_proxy'])('%s is a proxy', (name) => {
  expect([isPredefined(name), isProxy(name)]).toEqual([true, true]);
});

it.each(['SOURCE_DATE_EPOCH', 'BUILDKIT_INLINE_CACHE', 'BUILDKIT_SYNTAX'])('%s changes what is built', (name) => {
  expect([isPredefined(name), isProxy(name)]).toEqual([true, false]);
});

it.each(['Http_Proxy', 'PROXY', 'PYTHON_VERSION', 'constructor'])('%s is an argument like any other', (name) => {
  expect(isPredefined(name)).toBe(false);
});
