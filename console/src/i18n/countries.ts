// Countries by their names in the language of the page. The API writes three letters (ISO 3166-1 alpha-3), browsers know names by two.

import type { S } from '../generated/schema';
import { language, said, t } from '.';

const PAIRS =
  'KHM KH MMR MM THA TH LAO LA VNM VN MYS MY IDN ID PHL PH SGP SG BRN BN TLS TL CHN CN HKG HK MAC MO TWN TW JPN JP KOR KR PRK KP MNG MN IND IN PAK PK BGD BD NPL NP LKA LK BTN BT MDV MV AFG AF IRN IR IRQ IQ KAZ KZ ' +
  'KGZ KG TJK TJ TKM TM UZB UZ ETH ET KEN KE UGA UG TZA TZ RWA RW BDI BI NGA NG GHA GH CMR CM ZAF ZA ZWE ZW ZMB ZM MWI MW MOZ MZ MDG MG MAR MA TUN TN DZA DZ EGY EG SDN SD SSD SS SOM SO ERI ER DJI DJ SEN SN CIV CI ' +
  'MLI ML GIN GN SLE SL LBR LR GMB GM BEN BJ TGO TG NER NE BFA BF TCD TD CAF CF COG CG COD CD GAB GA AGO AO NAM NA BWA BW SWZ SZ LSO LS MUS MU SYC SC COM KM BRA BR ARG AR CHL CL PER PE COL CO ECU EC VEN VE BOL BO ' +
  'PRY PY URY UY MEX MX GTM GT HND HN SLV SV NIC NI CRI CR PAN PA CUB CU DOM DO HTI HT JAM JM TTO TT USA US CAN CA GBR GB IRL IE FRA FR DEU DE NLD NL BEL BE LUX LU CHE CH AUT AT ITA IT ESP ES PRT PT GRC GR SWE SE ' +
  'NOR NO DNK DK FIN FI ISL IS EST EE LVA LV LTU LT POL PL CZE CZ SVK SK HUN HU ROU RO BGR BG HRV HR SVN SI SRB RS BIH BA MNE ME MKD MK ALB AL XKX XK UKR UA BLR BY MDA MD RUS RU GEO GE ARM AM AZE AZ TUR TR SYR SY ' +
  'LBN LB JOR JO ISR IL PSE PS SAU SA YEM YE OMN OM ARE AE QAT QA BHR BH KWT KW CYP CY MLT MT AUS AU NZL NZ PNG PG FJI FJ SLB SB VUT VU WSM WS TON TO ABW AW AIA AI ALA AX AND AD ASM AS ATA AQ ATF TF ATG AG BES BQ ' +
  'BHS BS BLM BL BLZ BZ BMU BM BRB BB BVT BV CCK CC COK CK CPV CV CUW CW CXR CX CYM KY DMA DM ESH EH FLK FK FRO FO FSM FM GGY GG GIB GI GLP GP GNB GW GNQ GQ GRD GD GRL GL GUF GF GUM GU GUY GY HMD HM IMN IM IOT IO ' +
  'JEY JE KIR KI KNA KN LBY LY LCA LC LIE LI MAF MF MCO MC MHL MH MNP MP MRT MR MSR MS MTQ MQ MYT YT NCL NC NFK NF NIU NU NRU NR PCN PN PLW PW PRI PR PYF PF REU RE SGS GS SHN SH SJM SJ SMR SM SPM PM STP ST SUR SR ' +
  'SXM SX TCA TC TKL TK TUV TV UMI UM VAT VA VCT VC VGB VG VIR VI WLF WF';

const words = PAIRS.split(' ');
const SHORT = new Map(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? '']] : [])));
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
