//! Invented names, places of birth and languages by nationality, in the scripts that people write them in.

use super::pick;
use crate::domain::codes::Gender;
use crate::domain::language::Language;

/// A word of a name: in Latin letters, and as it is written at home. The second is empty where that is the same.
type Word = (&'static str, &'static str);

/// In which order the words are written at home, and what stands between them.
#[derive(Clone, Copy)]
enum Order {
    GivenFirst(&'static str),
    FamilyFirst(&'static str),
    /// There are no family names: both words are one given name.
    OneName,
}

/// Where people come from. The numbers of given and of family names have no common factor, so that names seldom repeat.
pub(super) struct Origin {
    pub(super) nationality: &'static str,
    language: &'static str,
    birth_places: &'static [&'static str],
    order: Order,
    feminine: &'static [Word],
    masculine: &'static [Word],
    middle_feminine: &'static [&'static str],
    middle_masculine: &'static [&'static str],
    family: &'static [Word],
}

/// The name of a person.
pub(super) struct Name {
    pub(super) given: Option<String>,
    pub(super) middle: Option<String>,
    pub(super) family: Option<String>,
    pub(super) original: Option<String>,
}

impl Origin {
    /// The origin of people of this nationality.
    pub(super) fn of(nationality: &str) -> Option<&'static Self> {
        ORIGINS.iter().find(|origin| origin.nationality == nationality)
    }

    /// Whether they are at home in the country where they were found.
    pub(super) fn is_host(&self) -> bool {
        self.nationality == "KHM"
    }

    /// Their language.
    pub(super) fn language(&self) -> Option<Language> {
        Language::parse(self.language)
    }

    /// Where the person with this number was born.
    pub(super) fn birth_place(&self, number: u32) -> Option<String> {
        pick(self.birth_places, number).map(str::to_owned)
    }

    /// The name of the person with this number.
    pub(super) fn name(&self, gender: Gender, number: u32) -> Name {
        let is_feminine = matches!(gender, Gender::Feminine | Gender::TransgenderFeminine);
        let (given, middle) = if is_feminine { (self.feminine, self.middle_feminine) } else { (self.masculine, self.middle_masculine) };
        let given = pick(given, number).unwrap_or_default();
        let middle = pick(middle, number / 3).unwrap_or_default();
        let family = pick(self.family, number).unwrap_or_default();
        let (given_latin, family_latin) = match self.order {
            Order::OneName => (format!("{} {}", given.0, family.0), String::new()),
            Order::GivenFirst(_) | Order::FamilyFirst(_) => (given.0.to_owned(), family.0.to_owned()),
        };
        Name {
            given: some(given_latin),
            middle: some(middle.to_owned()),
            family: some(family_latin),
            original: self.written(given.1, family.1),
        }
    }

    fn written(&self, given: &str, family: &str) -> Option<String> {
        if given.is_empty() || family.is_empty() {
            return None;
        }
        Some(match self.order {
            Order::GivenFirst(between) => format!("{given}{between}{family}"),
            Order::FamilyFirst(between) => format!("{family}{between}{given}"),
            Order::OneName => format!("{given}{family}"),
        })
    }
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

const ORIGINS: &[Origin] = &[
    Origin {
        nationality: "IDN",
        language: "id",
        birth_places: &["Medan", "Manado", "Pontianak", "Palembang", "Semarang", "Kupang", "Bekasi"],
        order: Order::GivenFirst(" "),
        feminine: &[
            ("Siti", ""),
            ("Dewi", ""),
            ("Rina", ""),
            ("Ayu", ""),
            ("Wulan", ""),
            ("Fitri", ""),
            ("Ratna", ""),
            ("Indah", ""),
            ("Yuni", ""),
            ("Nurul", ""),
            ("Mega", ""),
            ("Tika", ""),
            ("Laras", ""),
        ],
        masculine: &[
            ("Budi", ""),
            ("Agus", ""),
            ("Dedi", ""),
            ("Fajar", ""),
            ("Gilang", ""),
            ("Hendra", ""),
            ("Irfan", ""),
            ("Rizki", ""),
            ("Slamet", ""),
            ("Wahyu", ""),
            ("Yusuf", ""),
            ("Arif", ""),
            ("Bayu", ""),
            ("Dimas", ""),
            ("Rahmat", ""),
            ("Teguh", ""),
            ("Ilham", ""),
            ("Yanto", ""),
            ("Galih", ""),
        ],
        middle_feminine: &[],
        middle_masculine: &[],
        // Many people have one name only.
        family: &[
            ("Siregar", ""),
            ("Pratama", ""),
            ("", ""),
            ("Nasution", ""),
            ("Sihombing", ""),
            ("Harahap", ""),
            ("Lubis", ""),
            ("", ""),
            ("Wibowo", ""),
            ("Ginting", ""),
            ("Sinaga", ""),
            ("Halim", ""),
            ("Saputra", ""),
            ("", ""),
            ("Manurung", ""),
            ("Rangkuti", ""),
            ("Tarigan", ""),
        ],
    },
    Origin {
        nationality: "VNM",
        language: "vi",
        birth_places: &["Cần Thơ", "Nghệ An", "An Giang", "Đồng Nai", "Thanh Hóa", "Tây Ninh"],
        order: Order::FamilyFirst(" "),
        feminine: &[
            ("Hương", ""),
            ("Lan", ""),
            ("Linh", ""),
            ("Mai", ""),
            ("Thảo", ""),
            ("Trang", ""),
            ("Yến", ""),
            ("Hạnh", ""),
            ("Phượng", ""),
            ("Diễm", ""),
        ],
        masculine: &[
            ("Nam", ""),
            ("Hùng", ""),
            ("Dũng", ""),
            ("Tuấn", ""),
            ("Đức", ""),
            ("Hải", ""),
            ("Phúc", ""),
            ("Quân", ""),
            ("Sơn", ""),
            ("Thắng", ""),
            ("Khánh", ""),
            ("Tài", ""),
            ("Lộc", ""),
            ("Vinh", ""),
            ("Tú", ""),
        ],
        middle_feminine: &["Thị", "Thu", "Kim"],
        middle_masculine: &["Văn", "Hữu", "Thanh"],
        family: &[
            ("Nguyễn", ""),
            ("Trần", ""),
            ("Lê", ""),
            ("Phạm", ""),
            ("Hoàng", ""),
            ("Phan", ""),
            ("Vũ", ""),
            ("Đặng", ""),
            ("Bùi", ""),
            ("Đỗ", ""),
            ("Hồ", ""),
            ("Ngô", ""),
            ("Dương", ""),
        ],
    },
    Origin {
        nationality: "CHN",
        language: "zh-Hans",
        birth_places: &["Quanzhou", "Kunming", "Nanning", "Changsha", "Nanchang"],
        order: Order::FamilyFirst(""),
        feminine: &[("Xiaoyan", "晓燕"), ("Lili", "丽丽"), ("Meiling", "美玲"), ("Shuting", "淑婷"), ("Yuhan", "雨涵")],
        masculine: &[
            ("Haoran", "浩然"),
            ("Zihao", "子豪"),
            ("Jianhua", "建华"),
            ("Junfeng", "俊峰"),
            ("Mingjie", "明杰"),
            ("Zixuan", "子轩"),
            ("Weilong", "伟龙"),
            ("Yifan", "一帆"),
            ("Guangming", "光明"),
        ],
        middle_feminine: &[],
        middle_masculine: &[],
        family: &[
            ("Wang", "王"),
            ("Li", "李"),
            ("Zhang", "张"),
            ("Liu", "刘"),
            ("Yang", "杨"),
            ("Huang", "黄"),
            ("Zhao", "赵"),
            ("Zhou", "周"),
            ("Xu", "徐"),
            ("Luo", "罗"),
            ("Xie", "谢"),
        ],
    },
    Origin {
        nationality: "TWN",
        language: "zh-Hant-TW",
        birth_places: &["Kaohsiung", "Taichung", "Taoyuan", "Tainan", "Pingtung"],
        order: Order::FamilyFirst(""),
        feminine: &[("Yi-chun", "怡君"), ("Ya-ting", "雅婷"), ("Shu-fen", "淑芬"), ("Hsin-yi", "欣怡"), ("Pei-shan", "佩珊")],
        masculine: &[
            ("Chih-hao", "志豪"),
            ("Chia-wei", "家瑋"),
            ("Kuan-lin", "冠霖"),
            ("Po-han", "柏翰"),
            ("Yu-hsiang", "宇翔"),
            ("Cheng-en", "承恩"),
            ("Yen-ting", "彥廷"),
            ("Tzu-chieh", "子傑"),
            ("Wei-lun", "偉倫"),
        ],
        middle_feminine: &[],
        middle_masculine: &[],
        family: &[
            ("Chen", "陳"),
            ("Lin", "林"),
            ("Huang", "黃"),
            ("Chang", "張"),
            ("Li", "李"),
            ("Wang", "王"),
            ("Wu", "吳"),
            ("Liu", "劉"),
            ("Tsai", "蔡"),
            ("Yang", "楊"),
            ("Hsu", "許"),
        ],
    },
    Origin {
        nationality: "KHM",
        language: "km",
        birth_places: &["Takeo", "Prey Veng", "Kampong Cham", "Battambang", "Kampot"],
        order: Order::FamilyFirst(" "),
        feminine: &[
            ("Sreymom", "ស្រីមុំ"),
            ("Bopha", "បុប្ផា"),
            ("Chanthou", "ចាន់ធូ"),
            ("Kunthea", "គន្ធា"),
            ("Sreyneang", "ស្រីនាង"),
            ("Rachana", "រចនា"),
        ],
        masculine: &[
            ("Dara", "តារា"),
            ("Sophal", "សុផល"),
            ("Rithy", "រិទ្ធី"),
            ("Vuthy", "វុទ្ធី"),
            ("Bora", "បូរ៉ា"),
            ("Piseth", "ពិសិដ្ឋ"),
            ("Sothea", "សុធា"),
            ("Makara", "មករា"),
        ],
        middle_feminine: &[],
        middle_masculine: &[],
        family: &[
            ("Sok", "សុខ"),
            ("Chan", "ចាន់"),
            ("Keo", "កែវ"),
            ("Meas", "មាស"),
            ("Nhem", "ញ៉ែម"),
            ("Pich", "ពេជ្រ"),
            ("Ros", "រស់"),
            ("Touch", "ទូច"),
            ("Yim", "យឹម"),
            ("Long", "ឡុង"),
            ("Prak", "ប្រាក់"),
        ],
    },
    Origin {
        nationality: "THA",
        language: "th",
        birth_places: &["Udon Thani", "Chiang Rai", "Sa Kaeo", "Buriram", "Nakhon Phanom"],
        order: Order::GivenFirst(" "),
        feminine: &[
            ("Malee", "มาลี"),
            ("Somying", "สมหญิง"),
            ("Pranee", "ปราณี"),
            ("Ratana", "รัตนา"),
            ("Supaporn", "สุภาพร"),
            ("Kanya", "กัญญา"),
        ],
        masculine: &[
            ("Somchai", "สมชาย"),
            ("Prasert", "ประเสริฐ"),
            ("Anan", "อนันต์"),
            ("Wichai", "วิชัย"),
            ("Niran", "นิรันดร์"),
            ("Surachai", "สุรชัย"),
            ("Thawat", "ธวัช"),
            ("Kittipong", "กิตติพงษ์"),
        ],
        middle_feminine: &[],
        middle_masculine: &[],
        family: &[
            ("Srisuk", "ศรีสุข"),
            ("Thongdee", "ทองดี"),
            ("Boonmee", "บุญมี"),
            ("Saelim", "แซ่ลิ้ม"),
            ("Chaiyasit", "ไชยสิทธิ์"),
            ("Kaewmanee", "แก้วมณี"),
            ("Phromma", "พรหมมา"),
            ("Inthachai", "อินทชัย"),
            ("Rattanawong", "รัตนวงศ์"),
            ("Saengthong", "แสงทอง"),
            ("Khamphan", "คำพันธ์"),
        ],
    },
    Origin {
        nationality: "MMR",
        language: "my",
        birth_places: &["Yangon", "Mandalay", "Bago", "Myeik", "Taunggyi"],
        order: Order::OneName,
        feminine: &[("Khin Thida", "ခင်သီတာ"), ("Su Su", "စုစု"), ("Moe Moe", "မိုးမိုး"), ("Nwe Nwe", "နွယ်နွယ်"), ("Hla Yin", "လှရင်")],
        masculine: &[
            ("Kyaw Zin", "ကျော်ဇင်"),
            ("Aung Phyo", "အောင်ဖြိုး"),
            ("Min Khant", "မင်းခန့်"),
            ("Zaw Moe", "ဇော်မိုး"),
            ("Htun Naing", "ထွန်းနိုင်"),
            ("Ye Yint", "ရဲရင့်"),
            ("Nay Lin", "နေလင်း"),
            ("Thet Paing", "သက်ပိုင်"),
        ],
        middle_feminine: &[],
        middle_masculine: &[],
        family: &[
            ("Htet", "ထက်"),
            ("Oo", "ဦး"),
            ("Wai", "ဝေ"),
            ("Zaw", "ဇော်"),
            ("Myat", "မြတ်"),
            ("Aye", "အေး"),
            ("Win", "ဝင်း"),
            ("Htwe", "ထွေး"),
            ("San", "စန်း"),
        ],
    },
    Origin {
        nationality: "BGD",
        language: "bn",
        birth_places: &["Cumilla", "Sylhet", "Noakhali", "Faridpur", "Madaripur"],
        order: Order::GivenFirst(" "),
        feminine: &[("Nasrin", "নাসরিন"), ("Shirin", "শিরিন"), ("Rokeya", "রোকেয়া"), ("Parvin", "পারভীন"), ("Jharna", "ঝর্ণা")],
        masculine: &[
            ("Selim", "সেলিম"),
            ("Monir", "মনির"),
            ("Sohel", "সোহেল"),
            ("Shafiq", "শফিক"),
            ("Jalal", "জালাল"),
            ("Habib", "হাবিব"),
            ("Liton", "লিটন"),
            ("Mizan", "মিজান"),
        ],
        middle_feminine: &[],
        middle_masculine: &[],
        family: &[
            ("Rahman", "রহমান"),
            ("Hossain", "হোসেন"),
            ("Islam", "ইসলাম"),
            ("Ahmed", "আহমেদ"),
            ("Mia", "মিয়া"),
            ("Sarkar", "সরকার"),
            ("Mondal", "মন্ডল"),
            ("Talukder", "তালুকদার"),
            ("Khan", "খান"),
        ],
    },
];
