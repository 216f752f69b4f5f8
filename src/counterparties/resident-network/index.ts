export {
  openResidentNetwork,
  type RegisteredPerson,
  type ResidentNetworkStandIn,
  readRegisteredPeople,
} from './open-resident-network.ts';
