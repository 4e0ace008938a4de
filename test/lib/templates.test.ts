import { describe, expect, test } from '@jest/globals';
import { maskAssets, synthesize } from './synthesize.ts';

// A change shows up in review as the difference in the template; `npm test -- -u` accepts it.
describe('the template', () => {
  test.each(['production', 'lab'])('of the preset %s is the one that was reviewed', (preset) => {
    expect(maskAssets(synthesize(preset))).toMatchSnapshot();
  });
});
