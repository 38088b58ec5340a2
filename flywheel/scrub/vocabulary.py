"""Words that a name of a person does not hold: companies, reports, places, machines."""

from typing import Final

NOT_IN_NAMES: Final = frozenset(
    """
    inc corp corporation company co ltd limited llc llp plc gmbh ag sa nv bv spa oy ab asa group
    holding holdings partners partnership capital bank bancorp trust fund funds insurance financial
    finance credit securities investment investments ventures equity asset assets management
    technologies technology tech systems software solutions services service networks network
    wireless telecom communications media digital global international national industries energy
    petroleum pharmaceuticals pharma therapeutics health healthcare medical labs laboratories
    foods brands stores retail motors automotive airlines aerospace defense defence logistics
    enterprises associates association institute university college school department ministry
    committee board council commission agency authority office bureau court government federal
    products product platform segment division unit business businesses market markets exchange
    index spot stock stocks share shares shareholder shareholders common preferred restricted option
    options award awards plan plans bonus incentive compensation salary pension benefit benefits
    revenue revenues sales income net gross total subtotal average basic diluted adjusted operating
    operational profit loss losses margin margins cost costs expense expenses expenditure
    expenditures cash flow flows debt loan loans note notes bond bonds lease leases liability
    liabilities goodwill intangible intangibles amortization amortisation depreciation impairment
    inventory inventories receivable receivables payable payables tax taxes deferred dividend
    dividends earnings ebit ebitda eps gaap ifrs balance sheet statement statements report reports
    reporting annual quarterly quarter fiscal year years month months period amount amounts value
    values rate rates ratio percentage percent change changes increase decrease growth reduction
    reductions maintenance buildings land property plant equipment licence license licences
    contract contracts revenue result results table figure section page item question answer data
    model number account accounts invoice order card billing bill payment payments
    price prices fair interest euro euros dollar dollars pound pounds yen currency foreign domestic
    north south east west
    northern southern eastern western central america american europe european asia asian pacific
    africa african latin middle united states kingdom republic union city county state province
    island islands river lake mountain street avenue road boulevard square station airport hotel
    restaurant church museum park prize cup league team club festival war day night world
    january february march april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
    amazon apple google microsoft oracle intel ibm facebook meta netflix tesla python java
    javascript linux windows docker github openai chatgpt gpt assistant android iphone
    act law laws rule rules standard standards accounting auditor agreement policy program project
    canada germany france india japan brazil mexico spain italy poland sweden norway denmark finland
    switzerland austria belgium netherlands portugal greece turkey russia ukraine korea singapore
    malaysia indonesia thailand vietnam philippines australia zealand egypt nigeria argentina
    colombia peru taiwan china britain
    bearing licenses licensing royalties beach oil text hole sharks tower towers plaza mall
    gpu cpu chip chips sponge hopper river bridge valley hills
    method approach principle theorem theory algorithm function class test
    the a an and or of in on at to from with by as is are was were be been this that these those it
    its what which who whom whose when where why how not no yes please thanks thank hello hi hey
    dear regards best kind sincerely cheers sir madam sirs everyone everybody folks guys there
    friend friends human user agent bot chatbot ai support customer i'm i’m i'd i’d i've i’ve
    i'll i’ll it's it’s that's that’s here's here’s let's let’s don't don’t we you they he she i
    my our your their his her me us him them all any some each every both more most other
    another such only same so than too very can will just should now here there if then else but
    however therefore moreover also although
    because while about against between into
    through during before after above below up down out off over under again further once
    """.split()
)
"""Compared with a name's words in lower case. "May" and "Grace" are not here: they are names."""

NAMES_TOO: Final = frozenset(
    """
    april june august price page case west north east day park church prince lake street bond stock
    cash banks law english day night summer league best will an amber asia china paris
    """.split()
)
"""Of those above, the words that some people are called, next to a word that is none of them."""

TITLES: Final = frozenset(
    "mr mrs ms miss mx dr prof professor sir madam dame lord lady rev hon capt captain sgt".split()
)
SUFFIXES: Final = frozenset(
    "jr sr ii iii iv md dds dmd dvm phd esq cpa cfa mba rn jd mp obe mbe kc qc".split()
)
PARTICLES: Final = frozenset(
    "de da di do dos das del della der den des du van von zu zur la le el al bin ibn ben ter ten"
    " y e af av abu mac san st".split()
)

VERBS: Final = frozenset(
    """
    analyse analyze ask assess benchmark break calculate chart check combine compare compute confirm
    contrast convert define describe discuss draft elaborate estimate evaluate examine explain
    extract find forecast get give graph highlight identify investigate list name outline plot
    project provide quantify rank read recommend report review rewrite show simulate state suggest
    summarise summarize tabulate tell translate verify visualise visualize walk write
    """.split()
)
"""What a question begins with to have something done; no given name is among them."""

HOUSES: Final = frozenset(
    pair.strip()
    for pair in """
    charles schwab|morgan stanley|goldman sachs|wells fargo|jp morgan|j morgan|merrill lynch
    bear stearns|lehman brothers|credit suisse|deutsche telekom|deutsche post|deutsche bahn
    raymond james|edward jones|franklin templeton|rowe price|t rowe|jones lang|oliver wyman
    booz allen|arthur andersen|ernst young|grant thornton|baker tilly|marsh mclennan|willis towers
    arthur gallagher|robert half|kelly services|john hancock|john deere|john lewis|john menzies
    eli lilly|johnson johnson|johnson controls|johnson matthey|bristol myers|smith nephew
    thermo fisher|becton dickinson|edwards lifesciences|boston scientific|baxter international
    novo nordisk|eli broad|ralph lauren|calvin klein|tommy hilfiger|michael kors
    kate spade|tory burch|hugo boss|louis vuitton|christian dior|yves saint|jimmy choo|marc jacobs
    karl lagerfeld|vera wang
    estée lauder|estee lauder|elizabeth arden|mary kay|helena rubinstein|bobbi brown|max factor
    levi strauss|eddie bauer|abercrombie fitch|brooks brothers|victoria secret|victoria's secret
    philip morris|jack daniels|jim beam|johnnie walker|moët hennessy|moet hennessy|remy cointreau
    pernod ricard|stella artois|samuel adams|captain morgan|anheuser busch|molson coors
    dr pepper|ben jerry|famous amos|betty crocker|sara lee|aunt jemima|uncle ben|mrs fields
    tyson foods|dean foods|campbell soup|maxwell house|oscar mayer|jimmy dean|jack link
    papa john|papa johns|wendy's|jack box|bob evans|tim hortons|peet's coffee|dunkin donuts
    harley davidson|aston martin|rolls royce|alfa romeo|land rover|mercedes benz|ford transit
    stanley black|black decker|sherwin williams|archer daniels|emerson electric|parker hannifin
    ingersoll rand|textron aviation|lockheed martin|northrop grumman|pratt whitney|general dynamics
    martin marietta|warner bros|warner music|walt disney|metro goldwyn|simon schuster|harper collins
    houghton mifflin|john wiley|thomson reuters|wolters kluwer|reed elsevier|dow jones|moody's
    jack henry|fidelity national|jackson hewitt|dun bradstreet|fannie mae|freddie mac|sallie mae
    ginnie mae|lazard frères|kohlberg kravis|brown brothers|neuberger berman|charles river
    carl zeiss|robert bosch|bosch rexroth|heidelberg materials|siemens energy|thyssen krupp
    max planck|fraunhofer ise|rio tinto|volvo cars|danske bank|ahold delhaize|jeronimo martins
    banco santander|assicurazioni generali|intesa sanpaolo|tata motors|tata steel|tata consultancy
    bajaj finance|bajaj auto|mahindra mahindra|larsen toubro|kotak mahindra|hero motocorp|dr reddy
    dr reddys|lamb weston|dan murphy|palo alto|silicon valley|wall street|hong kong
    new york|los angeles|san francisco
    san diego|san jose|san antonio|santa clara|santa monica|santa fe|santa barbara|santa cruz
    santo domingo|sao paulo|são paulo|buenos aires|costa rica|puerto rico|el salvador|sierra leone
    sri lanka|saudi arabia|baton rouge|salt lake|las vegas|fort worth|st louis|saint louis
    south korea|burkina faso|kuala lumpur|tel aviv|abu dhabi|cape town|addis ababa|rio janeiro
    jolla california|corpus christi|santa ana|la paz|le havre|le mans|galaxy tab|galaxy note
    apple watch|apple music|google cloud|jupyter notebook|cosmos db|prime video|power query
    monte carlo|black scholes|sarbanes oxley|dodd frank|gramm leach|glass steagall|smoot hawley
    taft hartley|hart scott|mann whitney|kaplan meier|dickey fuller|kolmogorov smirnov
    nobel prize|pulitzer prize|standard poor|standard poors|bloomberg terminal|bill lading
    bill materials|mark market|chase manhattan|chase sapphire|ally financial|ally bank|sage intacct
    kinder morgan|henry schein|dick sporting|dicks sporting|taylor morrison|howard hughes
    piper sandler|curtiss wright|vera bradley|trader joe|trader joes|rite aid|virgin galactic
    virgin atlantic|virgin orbit|church dwight|cracker barrel|sally beauty|mr clean|clayton homes
    sandy spring|glen burnie|franklin covey|cantor fitzgerald|brown forman
    huntington ingalls|max mara|bed bath|boston beer|marie callender
    orville redenbacher|amy kitchen|allen edmonds|duluth trading|lands end|bright horizons
    toll brothers|burger king|foot locker|costa coffee|dom perignon|jack daniel|newman own
    marks spencer|mettler toledo|cushman wakefield|cooper companies|lang lasalle
    oracle fusion|azure cosmos|model s|alexa echo|siri shortcuts|surface pro|windows server
    """.replace("\n", "|")
    .strip()
    .split("|")
)
"""Two words that look like a person's name and are a company's, a product's, a place's, a law's."""
