import { variableOf } from './environment.ts';

it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
  'a variable %s is not set unless somebody sets it',
  (name) => {
    expect(variableOf(process.env, name)).toBeUndefined();
    expect(variableOf(Object.fromEntries([[name, 'x']]), name)).toBe('x');
  },
);
