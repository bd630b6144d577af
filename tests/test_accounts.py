"""Which watched accounts a sentence names: every account both ways, by use and by look-alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intel.model import Account, Role
from intel.taxonomy import ACCOUNTS_CSV, load_accounts
from pipelines.accounts import link
from pipelines.entities import Lexicon, find

LEXICON = Lexicon.build(load_accounts(ACCOUNTS_CSV))


def accounts(content: str) -> list[str]:
    return sorted({mention.account for mention in link(content, find(content, LEXICON))})


# Sentence, then the accounts it names, separated by spaces ("" names none).
SAID = [
    # 淘宝
    ("淘宝商家反映，十月以来揽收时间推迟到次日中午。", "taobao"),
    ("打开手机淘宝，退货地址一栏多了两家仓库。", "taobao"),
    ("她在淘宝开了家卖茶具的小店，月发三千单。", "taobao"),
    ("这个淘宝村去年发出包裹一千二百万件。", ""),
    ("淘宝网店的运费模板要重新设置。", "taobao"),
    ("Taobao sellers say returns doubled after the festival.", "taobao"),
    ("淘寶宣布調整香港集運倉的收費。", "taobao"),
    ("淘宝（中国）软件有限公司发布物流服务商招募公告。", "taobao"),
    ("周末一早，市民到潘家园旧货市场淘宝，花八十元买了一方砚台。", ""),
    ("不少藏友喜欢来古玩城淘宝捡漏。", ""),
    # One sense a text, unless something right beside a name says otherwise
    ("雨后的圆通山很静，寺门上“圆通”二字是清代人写的，快递柜就在山脚。", ""),
    ("圆通寺旁新开了圆通网点，香客也能寄件。", "yto"),
    ("阿里地区海拔高。阿里的快递要走三天，顺丰每周只发两班车。", "sf"),
    ("阿里巴巴在阿里地区捐了一所小学，阿里还派去了老师。", "alibaba"),
    ("京东方三季度盈利。同日，京东上调了自营免邮门槛。", "jd"),
    ("师父常说，做人讲圆通，做账讲分明。", ""),
    ("报名材料邮寄至三层，联系人：韦圆通；电话见附件。", ""),
    # 天猫
    ("天猫与三家快递签订送货上门协议。", "tmall"),
    ("浙江天猫技术有限公司与运营商签订框架合同。", "tmall"),
    ("天猫超市的半日达覆盖了二十座城市。", "tmall"),
    ("Tmall opened its pre-sale on Monday.", "tmall"),
    ("孩子对着天猫精灵喊了半天，音箱没有反应。", ""),
    # 拼多多
    ("拼多多要求商家二十四小时内上传单号。", "pinduoduo"),
    ("PDD shares fell after Temu raised its shipping fees.", "pinduoduo"),
    ("PDD发布三季报，营销费用同比增加。", "pinduoduo"),
    ("PDD Holdings reported revenue of 99 billion yuan.", "pinduoduo"),
    ("主播PDD在直播间复盘了总决赛第三局。", ""),
    ("The PDD describes the carbon project's baseline and monitoring plan.", ""),
    # 京东
    ("京东方面回应称，系统升级已经完成。", "jd"),
    ("令京东方面始料未及的是，订单在零点涌入。", "jd"),
    ("京东集团公布第三季度业绩。", "jd"),
    ("JD.com said it would hire 10,000 couriers' relatives.", "jd"),
    ("北京京东世纪贸易有限公司被列为被告。", "jd"),
    ("京东方公布了面板产线的爬坡进度。", ""),
    ("京东方A收盘上涨百分之二。", ""),
    ("游客从南京东路一直走到外滩。", ""),
    ("北京东方广场的写字楼空置率下降。", ""),
    ("北京东城区开展消防检查。", ""),
    ("非遗展演上，老艺人唱了一段京东大鼓。", ""),
    ("假期里京东大峡谷迎来大批游客。", ""),
    # 京东物流
    ("京东物流与德邦的网络融合进入第二年。", "deppon jdl"),
    ("京东快递上调了同城急送的价格。", "jdl"),
    ("JDL在荷兰的仓库开始处理退货。", "jdl"),
    ("JD Logistics expands in Saudi Arabia.", "jdl"),
    ("京东航空开通深圳至新加坡货运航线。", "jdl"),
    ("JDL, the Jewish Defense League, was founded in 1968.", ""),
    # 唯品会
    ("唯品会把华南仓的干线交给了新的承运商。", "vipshop"),
    ("广州唯品会电子商务有限公司招标公告", "vipshop"),
    ("Vipshop kept its gross margin above 23%.", "vipshop"),
    # 抖音、快手
    ("抖音电商公布售后新规，超时未发货要赔付。", "douyin-ec"),
    ("抖音商城版大促今晚开场。", "douyin-ec"),
    ("快手电商上线退货补运费服务。", "kuaishou-ec"),
    ("她每天刷抖音和快手两个小时。", ""),
    # 顺丰
    ("顺丰网点凌晨三点开始分拣。", "sf"),
    ("順豐速運在香港增設自取點。", "sf"),
    ("顺丰控股股份有限公司披露十月经营简报。", "sf"),
    ("SF Express operates 90 freighters.", "sf"),
    ("深圳顺丰泰森控股（集团）有限公司增资子公司。", "sf"),
    ("顺丰同意向客户赔偿三千元。", "sf"),
    ("丰网加盟商陆续换上了新的招牌。", "sf"),
    ("记者多次拨打顺丰客服电话。", "sf"),
    ("毕业季，祝大家一路顺丰，前程似锦。", ""),
    ("村民王顺丰说，今年的柿子能卖好价钱。", ""),
    ("顺丰源农业科技有限公司承包了六百亩山地。", ""),
    ("先丰网络科技中标机房改造项目。", ""),
    ("瑞丰网络获得新一轮融资。", ""),
    # 圆通
    ("圆通速递股份有限公司发布公告。", "yto"),
    ("圆通过去一年新增十二架飞机。", "yto"),
    ("YTO plans a cargo hub in Jiaxing.", "yto"),
    ("上海圆通速递有限公司被罚款三万元。", "yto"),
    ("圆通用了三年把单票成本降下来。", "yto"),
    ("昆明圆通寺的樱花开了。", ""),
    ("他为人圆通，从不当面得罪人。", ""),
    ("圆通法师主持了祈福法会。", ""),
    ("昆明圆通山动物园延长开放时间。", ""),
    ("杭州圆通达汽配有限公司注销登记。", ""),
    ("说话做事更圆通一些，路就宽一些。", ""),
    # 中通
    ("中通快递股份有限公司回购美国存托股。", "zto"),
    ("中通过去三年的市场份额稳居第一。", "zto"),
    ("我给中通客服打了两次电话都没有人接。", "zto"),
    ("中通、圆通、申通同日上调广东派费。", "sto yto zto"),
    ("ZTO said parcel volume rose 9.8 percent.", "zto"),
    ("杭州中通分公司的分拣线停了两个小时。", "zto"),
    ("中通常州分拨中心扩建完工。", "zto"),
    ("中通道歉并承诺三日内赔付。", "zto"),
    ("其中通过大宗交易减持的股份占百分之一。", ""),
    ("监管部门集中通报了五起违法案例。", ""),
    ("低空物流需要开辟新的空中通道。", ""),
    ("中通客车股份有限公司交付二百辆新能源客车。", ""),
    ("中通国脉收到证监会立案告知书。", ""),
    ("深中通道日均车流突破九万辆。", ""),
    ("会议纪要要在邮件中通知到每一位股东。", ""),
    ("中通服与地方政府签署数字化合作协议。", ""),
    ("华中通信基地下月竣工。", ""),
    ("文件中通常写明违约责任。", ""),
    # 申通
    ("申通快递有限公司与义乌市政府签约。", "sto"),
    ("申通過半數網點完成系統切換。", "sto"),
    ("ＳＴＯ申通快遞調整派費。", "sto"),
    ("STO and ZTO both cut parcel prices.", "sto zto"),
    ("申通通知各加盟商上调费用。", "sto"),
    ("申通地铁收购维保公司股权。", ""),
    ("上海申通地铁集团有限公司招聘列车司机。", ""),
    ("银行重申通知存款的利率上限。", ""),
    ("An STO lets investors buy tokens that represent equity.", ""),
    ("The story of Stonehenge starts in the Neolithic.", ""),
    # 韵达
    ("韵达成都转运中心因暴雨停运。", "yunda"),
    ("韵达到货时间比昨天晚了半天。", "yunda"),
    ("韻達股份披露前三季度淨利潤。", "yunda"),
    ("Yunda's market share slipped to 13%.", "yunda"),
    # 极兔
    ("极兔速递环球有限公司公布东南亚业务量。", "jt"),
    ("J&T Express won a contract in Brazil.", "jt"),
    ("極兔在墨西哥建成第二座轉運中心。", "jt"),
    ("J&T Banka financed the hotel in Prague.", ""),
    ("动画片里的北极兔在雪地打滚。", ""),
    # 中国邮政
    ("中国邮政集团有限公司采购一万辆电动三轮车。", "ems"),
    ("老家的桃子我用EMS寄到哈尔滨，两天就到了。", "ems"),
    ("邮政EMS下调了部分国际邮件的资费。", "ems"),
    ("中邮速递承接了该市政务文书寄递。", "ems"),
    ("China Post launched a freight route to Osaka.", "ems"),
    ("中国邮政储蓄银行下调存款利率。", ""),
    ("EMS厂商富士康与捷普争夺手机代工订单。", ""),
    ("储能系统由电池、PCS和EMS组成。", ""),
    ("EMS crews took two people to hospital after the crash.", ""),
    ("The electronics manufacturing services (EMS) market grew.", ""),
    # 百世
    ("百世集团出售国内快递业务后专注快运。", "best"),
    ("百世快运在东莞启用新场地。", "best"),
    ("百世汇通的老网点大多已经转让。", "best"),
    ("英雄事迹流芳百世。", ""),
    ("这份家训传了百世之久。", ""),
    ("乐百世食品有限公司召回一批糕点。", ""),
    # 德邦
    ("德邦快递并入后，大件业务由同一套车队承运。", "deppon"),
    ("寄沙发还是德邦便宜一些。", "deppon"),
    ("德邦物流股份有限公司申请退市。", "deppon"),
    ("德邦证券首席经济学家认为利率还会下行。", ""),
    ("德邦基金旗下一只债基清盘。", ""),
    ("德邦科技的封装材料通过客户验证。", ""),
    # 菜鸟
    ("菜鸟在西班牙的保税仓投入使用。", "cainiao"),
    ("快递放在小区门口的菜鸟驿站了。", "cainiao"),
    ("浙江菜鸟供应链管理有限公司增资。", "cainiao"),
    ("丹鸟与申通的融合方案已经敲定。", "cainiao sto"),
    ("Cainiao cut cross-border delivery to five days.", "cainiao"),
    ("菜鸟裹裹上门取件要等两个小时。", "cainiao"),
    ("我炒股还是个菜鸟，跌了就慌。", ""),
    ("从编程菜鸟到架构师，他用了八年。", ""),
    ("职场菜鸟如何写好第一份周报？", ""),
    ("球队派上三名菜鸟首发。", ""),
    # 阿里巴巴
    ("阿里巴巴集团控股有限公司公布股份回购。", "alibaba"),
    ("阿里今年把物流重新收回集团。", "alibaba"),
    ("阿里云在墨西哥设立数据中心。", "alibaba"),
    ("Alibaba said it would merge its rural business.", "alibaba"),
    ("时任阿里本地生活公司总裁的他去年离开。", "alibaba"),
    ("阿里山的高山茶今年减产。", ""),
    ("西藏阿里地区迎来今冬首场降雪。", ""),
    ("拳王阿里的手套以高价拍出。", ""),
    ("穆罕默德·阿里曾三夺重量级冠军。", ""),
    ("我们从拉萨出发去阿里，途经冈仁波齐。", ""),
    ("孩子们排演了《阿里巴巴与四十大盗》。", ""),
    ("商人阿里在义乌开店已十年。", ""),
    ("菜鸟要把海外仓开到墨西哥。", "cainiao"),
    ("唯品会与中通达成年框。", "vipshop zto"),
    ("China Post and SF signed an air cargo pact.", "ems sf"),
    ("In 2017 SF and Cainiao stopped sharing data with each other.", "cainiao sf"),
    ("Saw the logistics manager of Kuaishou's e-commerce unit.", "kuaishou-ec"),
    ("刚学做电商的菜鸟最容易犯三个错，物流也不例外。", ""),
    ("Our reader poll for the best express bus, no parcel or courier in it.", ""),
    ("快递员张中通入选好人榜。", ""),
    ("晚高峰中通勤族最怕堵车。", ""),
    ("省邮政局通报旺季情况。", ""),
    # A word of what stands beside the name swallows no name.
    ("中通称明年起上调派费。", "zto"),
    ("對此中通稱將上調派費。", "zto"),
    ("但中通则提醒商家错峰发货。", "zto"),
    ("昨天中通向商家道歉。", "zto"),
    ("合作方圆通与承运方申通加开了夜班。", "sto yto"),
    ("广东德邦的两个网点停收大件。", "deppon"),
    ("网传百世要关掉三个分拨中心。", "best"),
    ("行业中通称“标快”的是次日到的件。", ""),
    ("这一类件在下文中通称为小件。", ""),
    ("其中通则表示例外情形。", ""),
    ("山中通向镇上的公路塌了。", ""),
    ("北京方圆通科技有限公司中标。", ""),
    # 菜鸟 does what firms do, or what beginners do.
    ("菜鸟否认裁员。", "cainiao"),
    ("菜鸟启动裁员三成。", "cainiao"),
    ("菜鸟上月在义乌启用新仓。", "cainiao"),
    ("网传菜鸟要裁三成。", "cainiao"),
    ("菜鸟计划明年裁员。", "cainiao"),
    ("我是菜鸟，求推荐一款相机。", ""),
    ("菜鸟司机第一天上路就蹭了车。", ""),
    ("菜鸟卖家怎么选快递？", ""),
    ("一群菜鸟启动了项目。", ""),
    ("菜鸟启动电脑都要问人。", ""),
    ("菜鸟要多练。", ""),
    ("职场菜鸟被裁后怎么办？", ""),
    ("菜鸟与高手的差别在于耐心。", ""),
    # Couriers in English
    ("A toy maker has sued STO for losing 46 cartons of goods.", "sto"),
    ("STO was fined 300,000 yuan.", "sto"),
    ("STO's lawyers argue the goods were never insured.", "sto"),
    ("The STO raised 4 million dollars from token buyers.", ""),
    ("Best Group will close its cold-chain unit and lay off 190 staff.", "best"),
    ("BEST Inc. sold a unit.", "best"),
    ("Ours is the best group for parcel fans.", ""),
    ("JD Express was named courier of the year.", "jdl"),
    # Persons
    ("王中通同学打破了百米纪录。", ""),
    ("刘申通医生退休了。", ""),
    ("张中通被任命为县文化馆馆长。", ""),
    ("副教授顺丰雄今年带三名研究生。", ""),
    # Roads and towns
    ("京东南路与建国路交叉口今晚封路施工。", ""),
    ("请在京东路右转。", ""),
    ("中通大道封闭施工三个月。", ""),
    ("顺丰镇党委召开换届会议。", ""),
    ("京东路由器卖断了货。", "jd"),
    ("京东南方仓的员工下周停工。", "jd"),
    ("中通路由显示包裹到了义乌。", "zto"),
    ("顺丰镇江分公司招人。", "sf"),
    ("顺丰镇长三角中心仓。", "sf"),
    ("中通大道分拨点爆仓。", "zto"),
    ("中通大道歉，派费照旧。", "zto"),
    ("申通路边分拣被拍，圆通村口代收点也一样。", "sto yto"),
    # Wishes, animals, states, manners, chemistry
    ("愿新店开张顺丰顺水，生意兴隆。", ""),
    ("顺丰顺利完成了旺季。", "sf"),
    ("邻居家的天猫叫“年糕”，一只橘色的英国短毛。", ""),
    ("业内管京东叫“狗东”，邻居家的顺丰堆在路边。", "jd sf"),
    ("天猫叫停了这项服务。", "tmall"),
    ("高原极兔是青海特有的小型哺乳动物。", ""),
    ("极兔是加盟制的快递公司。", "jt"),
    ("德邦公国是小说里的国家。", ""),
    ("中世纪的德邦各诸侯为盐税争了上百年。", ""),
    ("他的字少了几分韵达之气。", ""),
    ("这条申通往省里的材料先报办公室。", ""),
    ("申通往省外的件停发，申通往年不这样。", "sto"),
    ("ZTO is also how hobbyists label zinc tin oxide films.", ""),
    ("He keeps pigeons, and one of them, YTO, won the county race.", ""),
    # Tickers and short forms
    ("BABA overnight slipped 1.4% while JD edged higher.", "alibaba jd"),
    ("Shares of PDD and JD rose; BABA fell.", "alibaba jd pinduoduo"),
    ("BABA盘前跌2%，手淘改版。", "alibaba taobao"),
    ("Baba fell ill on the way home.", ""),
    ("JD fell asleep in class.", ""),
    # Units, other firms, people, foreign posts
    ("顺丰同城的骑手今年多了三成。", "sf"),
    ("中通快运与百世快运争夺零担客户。", "best zto"),
    ("圆通航空接收了一架货机。", "yto"),
    ("京东健康在河北新开两家门诊。", "jd"),
    ("阿里健康上线送药服务。", "alibaba"),
    ("猫超的次日达由菜鸟承运。", "cainiao tmall"),
    ("县里的件，圆通和极兔走不动，邮政还能到。", "ems jt yto"),
    ("唯品会与邮政分公司续约。", "vipshop"),
    ("云南品牌商家把退货件交邮政，中通嫌远。", "ems zto"),
    ("邮政普遍服务标准今年修订。", ""),
    ("各级邮政管理部门开展执法检查。", ""),
    ("邮政、快递企业要落实实名收寄，中通被点名。", "zto"),
    ("老挝国家邮政局代表团来访。", ""),
    ("越南邮政速递派人参观分拣厂。", ""),
    ("赣南小城信丰网红店排起长队。", ""),
    ("从湖南东物流园出发，车程两小时。", ""),
    ("苏州韵达茶馆每晚有评弹。", ""),
    ("巷口的申通汽修招学徒。", ""),
    ("快递员徐申通拾到钱包。失主赶来时，徐申通已等了半小时。", ""),
    ("箫声停了，余韵达半分钟之久。", ""),
    ("ZTO薄膜晶体管的迁移率又有提高。", ""),
    ("Jitu stations were closed for two days.", "jt"),
    ("SF Express reported its results.\nSF added that costs fell.", "sf"),
    ("快手商家说，发货时限又缩短了。", "kuaishou-ec"),
    ("《民法通则》中通则性的规定不少。", ""),
    # 国家邮政局
    ("国家邮政局公布十月快递业务量。", "spb"),
    ("國家郵政局約談三家企業。", "spb"),
    ("邮政局发布通知，要求做好旺季保障。", "spb"),
    ("The State Post Bureau said volumes rose.", "spb"),
    ("他去镇上的邮政局寄了一封挂号信。", ""),
    ("浙江省邮政管理局开展旺季检查。", ""),
    ("县邮政局门口排起了长队。", ""),
]


@pytest.mark.parametrize(("content", "expected"), SAID)
def test_a_sentence_names_these_accounts(content: str, expected: str) -> None:
    assert accounts(content) == expected.split()


def test_a_mention_is_verbatim() -> None:
    content = "申通快遞公告\nＳＴＯ與圓通速遞股份有限公司簽約。"
    mentions = link(content, find(content, LEXICON))
    assert [mention.surface for mention in mentions] == ["申通快遞", "ＳＴＯ", "圓通速遞股份有限公司"]
    assert all(content[mention.start : mention.end] == mention.surface for mention in mentions)


def test_an_ambiguous_name_follows_the_rest_of_the_text() -> None:
    assert accounts("菜鸟也有烦恼\n物流园里，菜鸟今年的包裹多了一成。") == ["cainiao"]
    assert accounts("菜鸟也有烦恼\n他第一次下厨，盐放多了。") == []


TWINS = Lexicon.build(
    [
        Account("a", "双星快递", Role.COMPETITOR, ("双星",)),
        Account("b", "双星商城", Role.CLIENT, ("双星",)),
    ]
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("双星快递涨价\n双星称成本上升。", {"a"}),
        ("双星商城改版\n双星称用户增加。", {"b"}),
        ("双星涨价\n双星称成本上升。", set()),
    ],
)
def test_a_name_of_two_accounts_is_the_one_named_in_full(content: str, expected: set[str]) -> None:
    assert {mention.account for mention in link(content, find(content, TWINS))} == expected


def about(content: str) -> list[str]:
    mentions = link(content, find(content, LEXICON))
    return sorted({mention.account for mention in mentions if mention.about})


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("申通快递三季报点评\n营收增长。客户有京东等。", ["sto"]),
        ("快讯\n极兔昨日宣布上调东南亚运费，此前顺丰也曾调价。", ["jt"]),
        ("旺季观察\n本市寄递企业备战旺季，投入车辆三千台，新增人员六千名，预计单日峰值一千二百万件，合作方包括"
         "淘宝、京东、拼多多和唯品会。", []),
        ("网点手记\n凌晨四点的分拣线已经热闹起来，工人们在传送带两侧排开，记者跟着货车跑了三个网点，听到最多的抱怨"
         "是派费。\n韵达的派费又降了。老周说韵达罚款多。\n到了晚上，韵达站点还亮着灯。", ["yunda"]),
        ("行业随笔\n今天聊聊分拣。自动化设备越来越便宜，小网点也能装上摆臂，人手省下一半，效率反而提高了，老板"
         "算过账，两年回本。\n作者曾任职于顺丰。", []),
        ("三家同日调价\n圆通、申通、中通昨日上调首重价格，极兔仍在观望。", ["jt", "sto", "yto", "zto"]),
        ("唯品会换人\n新任物流主管此前在中通工作八年。", ["vipshop"]),
        ("申通涨价\n每票比韵达高一毛。", ["sto"]),
        ("周末登山记\n队员们一早出发。他的背包是在京东买的，很结实。", []),
    ],
)  # fmt: skip
def test_a_text_is_about_the_accounts_it_does_not_name_in_passing(content: str, expected: list[str]) -> None:
    assert about(content) == expected


@given(st.text(alphabet="圆通寺菜鸟阿里山EMS·，。\n王说 ", max_size=60))
def test_any_text_is_linked_verbatim(content: str) -> None:
    for mention in link(content, find(content, LEXICON)):
        assert content[mention.start : mention.end] == mention.surface
