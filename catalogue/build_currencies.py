"""Writes data/currencies.tsv: the currencies in use, their minor-unit exponents and names in three languages.

Names come from the Unicode CLDR through Babel, exponents from ISO 4217 (CLDR's digits are those of cash, and differ).
Run: python -m catalogue.build_currencies
"""

from __future__ import annotations

from babel import Locale

from catalogue.currencies import FILE

# Babel's locale for each of our languages; names as Hong Kong writes them.
_LOCALES = {"zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant_HK", "en": "en_GB"}

_IN_USE = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP
CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT
MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD
SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES
VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
""".split()  # noqa: SIM905 - a list of codes reads best as one text
_EXPONENTS = dict.fromkeys(
    ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"), 0
)
_EXPONENTS |= dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3) | {"CLF": 4}


def main() -> None:
    """Write the file."""
    names = {language: Locale.parse(locale).currencies for language, locale in _LOCALES.items()}
    lines = ["code\texponent\tzh-Hans\tzh-Hant\ten"]
    for code in _IN_USE:
        labels = [names[language].get(code) or names["en"].get(code) or code for language in _LOCALES]
        lines.append("\t".join([code, str(_EXPONENTS.get(code, 2)), *labels]))
    FILE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
