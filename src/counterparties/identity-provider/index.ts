export { type IdentityProvider, openIdentityProvider, type ProviderUser } from './open-identity-provider.ts';
