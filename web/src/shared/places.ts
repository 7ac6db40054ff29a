/** ISO 3166 codes; their names come from the browser, in the language of the page. */
export const countries = (
  'AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ ' +
  'DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP ' +
  'KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ ' +
  'OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ ' +
  'UA UG US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
).split(' ');

/** What goes with a country where it goes without saying; elsewhere the person chooses. */
export const usualFor: Record<string, { timeZone: string; currency: string }> = {
  SA: { timeZone: 'Asia/Riyadh', currency: 'SAR' },
  AE: { timeZone: 'Asia/Dubai', currency: 'AED' },
  BH: { timeZone: 'Asia/Bahrain', currency: 'BHD' },
  KW: { timeZone: 'Asia/Kuwait', currency: 'KWD' },
  OM: { timeZone: 'Asia/Muscat', currency: 'OMR' },
  QA: { timeZone: 'Asia/Qatar', currency: 'QAR' },
  EG: { timeZone: 'Africa/Cairo', currency: 'EGP' },
  JO: { timeZone: 'Asia/Amman', currency: 'JOD' },
  GB: { timeZone: 'Europe/London', currency: 'GBP' },
  DE: { timeZone: 'Europe/Berlin', currency: 'EUR' },
};

/** Browsers leave out names they consider old; what the form starts with is always among the choices. */
export const timeZones = [...new Set([...Intl.supportedValuesOf('timeZone'), ...Object.values(usualFor).map((u) => u.timeZone), 'UTC'])].sort();
export const currencies = Intl.supportedValuesOf('currency');
