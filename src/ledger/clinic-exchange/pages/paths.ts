/** What clinics recorded at their own system, and how the exchange goes. */
export const clinicsPath = '/clinics';
