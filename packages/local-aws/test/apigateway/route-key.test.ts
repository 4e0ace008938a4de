import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { matchRoute, parseRouteKey } from '../../src/services/apigateway/route-key.ts';

/** The example of the Developer Guide, "Working with routes for HTTP APIs". */
const pets = ['GET /pets/dog/1', 'GET /pets/dog/{id}', 'GET /pets/{proxy+}', 'ANY /{proxy+}', '$default'].map(
  (routeKey) => ({ routeKey }),
);

describe('the route of a request', () => {
  test.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1', {}],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}', { id: '2' }],
    ['GET', '/pets/cat/1', 'GET /pets/{proxy+}', { proxy: 'cat/1' }],
    ['POST', '/test/5', 'ANY /{proxy+}', { proxy: 'test/5' }],
    ['GET', '/', '$default', {}],
    ['GET', '/pets/dog/a%20b', 'GET /pets/dog/{id}', { id: 'a b' }],
  ])('%s %s is %s', (method, path, routeKey, pathParameters) => {
    expect(matchRoute(pets, method, path)).toMatchObject({ route: { routeKey }, pathParameters });
  });

  test('prefers the method itself to ANY, and takes a slash at the end for another path', () => {
    const routes = [{ routeKey: 'ANY /orders' }, { routeKey: 'GET /orders' }];
    expect(matchRoute(routes, 'GET', '/orders')?.route.routeKey).toBe('GET /orders');
    expect(matchRoute(routes, 'POST', '/orders')?.route.routeKey).toBe('ANY /orders');
    expect(matchRoute(routes, 'GET', '/orders/')).toBeUndefined();
  });

  test('does not depend on the order of the routes', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(pets, { minLength: pets.length }),
        fc.constantFrom('/pets/dog/1', '/pets/dog/9', '/pets/x/y', '/z', '/'),
        (routes, path) => {
          expect(matchRoute(routes, 'GET', path)).toEqual(matchRoute(pets, 'GET', path));
        },
      ),
    );
  });
});

test.each(['GET', 'get /a', 'GET a', 'GET /{proxy+}/a', 'GET /a b'])('%s is no route key', (routeKey) => {
  expect(parseRouteKey(routeKey).problem).toContain('$default, or one of GET');
});
