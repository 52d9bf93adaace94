// Countries by their names in the language of the page. The API writes three letters (ISO 3166-1 alpha-3), browsers know names by two.

import type { S } from '../generated/schema';
import { language, said, t } from '.';

/** With the second of the two letters where it is not the second of the three, or with both where the first is another one, too. */
const CODES =
  'KHM MMR THA LAO VNM MYS IDN PHL SGP BRNN TLS CHNN HKG MACO TWN JPN KORR PRKKP MNG IND PAKK BGDD NPL LKA BTN MDVV AFG IRN IRQQ KAZZ KGZ TJK TKMM UZB ETH KEN UGA TZA RWA BDII NGA GHA CMR ZAF ZWE ZMB ' +
  'MWI MOZZ MDGG MAR TUNN DZA EGY SDN SSD SOM ERI DJI SENN CIV MLI GINN SLE LBRR GMB BENJ TGO NER BFA TCDD CAFF COGG CODD GAB AGOO NAM BWA SWZZ LSO MUS SYCC COMKM BRA ARG CHLL PER COL ECU VEN BOL PRYY ' +
  'URYY MEXX GTM HND SLVV NIC CRI PAN CUB DOM HTI JAMM TTO USA CAN GBR IRLE FRA DEU NLD BEL LUX CHE AUTT ITA ESP PRTT GRC SWEE NOR DNKK FIN ISL ESTE LVA LTU POLL CZE SVKK HUN ROU BGR HRV SVNI SRBRS BIHA ' +
  'MNEE MKD ALB XKX UKRA BLRY MDA RUS GEO ARMM AZE TURR SYR LBN JOR ISRL PSE SAU YEM OMN AREE QAT BHR KWT CYP MLTT AUS NZL PNGG FJI SLBB VUT WSM TON ABWW AIA ALAX ANDD ASM ATAQ ATFTF ATGG BESQ BHSS BLM ' +
  'BLZZ BMU BRBB BVT CCK COKK CPVV CUWW CXR CYMKY DMA ESHH FLKK FROO FSMM GGY GIB GLPP GNBW GNQQ GRDD GRLL GUFF GUM GUYY HMD IMN IOT JEY KIR KNA LBYY LCA LIE MAFF MCO MHL MNPP MRT MSR MTQQ MYTYT NCL NFK ' +
  'NIUU NRU PCNN PLWW PRI PYFF REU SGSGS SHN SJM SMR SPMPM STP SURR SXM TCA TKL TUVV UMI VAT VCT VGB VIR WLFF';

const shortOf = (word: string): string => (word.length === 5 ? word.slice(3) : word.slice(0, 1) + (word[3] ?? word.slice(1, 2)));
const SHORT = new Map(CODES.split(' ').map((word) => [word.slice(0, 3), shortOf(word)]));
/** What stands in passports beside the states (ICAO 9303). `RKS` is answered as `XKX`, and so is not offered. */
const WITHOUT: Readonly<Record<string, () => string>> = {
  XXA: () => t('nationality.stateless'),
  XXB: () => t('nationality.refugee'),
  XXC: () => t('nationality.other_refugee'),
  XXX: () => t('nationality.unknown'),
  XXU: () => t('nationality.undetermined'),
  GBD: () => t('nationality.british_overseas_territories'),
  GBN: () => t('nationality.british_national_overseas'),
  GBO: () => t('nationality.british_overseas'),
  GBP: () => t('nationality.british_protected'),
  GBS: () => t('nationality.british_subject'),
};

/** Names are looked up once a language: there are some hundred of them in a form. */
const names = new Map<string, Intl.DisplayNames>();
function named(short: string): string | undefined {
  let known = names.get(language.value);
  if (!known) {
    known = new Intl.DisplayNames([language.value], { type: 'region' });
    names.set(language.value, known);
  }
  return known.of(short);
}

export function country(code: string | null | undefined): string {
  if (!code) return '–';
  const without = WITHOUT[code];
  if (without) return without();
  const short = SHORT.get(code);
  return said(`country.${code}`) ?? ((short && named(short)) || code);
}

export interface Choice {
  readonly value: string;
  readonly text: string;
}

const sorted = new Map<string, readonly Choice[]>();

/** All of them, by their names; for nationalities, those without a state too. */
export function countries(withStateless = false): readonly Choice[] {
  const kind = `${language.value} ${withStateless}`;
  const known = sorted.get(kind);
  if (known) return known;
  const codes = [...SHORT.keys(), ...(withStateless ? Object.keys(WITHOUT) : [])] as S.Country[];
  const choices = codes.map((value) => ({ value, text: country(value) })).sort((one, other) => one.text.localeCompare(other.text, language.value));
  sorted.set(kind, choices);
  return choices;
}
