import { refusedByAws } from '../../assembly/error-codes.ts';
import type { Properties } from '../../assembly/properties.ts';
import type { CorsConfiguration } from './model.ts';

/** The property of an API or a function URL. The rule about credentials is AWS's own, in its words (aws-cdk issue 9076). */
export function readCors(properties: Properties, name: string): CorsConfiguration | undefined {
  const cors = properties.object(name, [
    'AllowCredentials',
    'AllowHeaders',
    'AllowMethods',
    'AllowOrigins',
    'ExposeHeaders',
    'MaxAge',
  ]);
  if (cors === undefined) return undefined;
  const maxAgeSeconds = cors.integer('MaxAge', -1, 86_400);
  const allowOrigins = cors.texts('AllowOrigins');
  const allowCredentials = cors.boolean('AllowCredentials') ?? false;
  if (allowCredentials && allowOrigins.includes('*')) {
    throw refusedByAws(
      'BadRequestException',
      "allow-credentials is not supported if 'allow-origin' is *",
      'Name the origins that may send credentials.',
      properties.placeOf(`${name}/AllowOrigins`),
    );
  }
  return {
    allowOrigins,
    allowMethods: cors.texts('AllowMethods'),
    allowHeaders: cors.texts('AllowHeaders'),
    exposeHeaders: cors.texts('ExposeHeaders'),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    allowCredentials,
  };
}
