/** How numbers are told. */
export const format = {
  of: (done: string, total: string, unit: string) => `${done} of ${total} ${unit}`,
  seconds: (n: string) => `${n} s`,
  minutes: (n: number) => `${n} min`,
  hours: (hours: number, minutes: number) => `${hours} h ${minutes} min`,
};
