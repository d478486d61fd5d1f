"""Text analysis, done once in Python for every engine: folding, words, stems, concepts, numbers, language."""

from .analysis import Analysed, ConceptSpot, Group, Query, analyse, analyse_query, bag, concept_spots, concepts
from .folding import Folded, fold, folded
from .language import LANGUAGES, detect_language
from .quantities import Quantity, quantities
from .scanning import Token, model_numbers
from .thesaurus import Concept, Thesaurus, ThesaurusError, thesaurus
from .version import analysis_version

ANALYSIS_VERSION = analysis_version()

__all__ = [
    "ANALYSIS_VERSION",
    "LANGUAGES",
    "Analysed",
    "Concept",
    "ConceptSpot",
    "Folded",
    "Group",
    "Quantity",
    "Query",
    "Thesaurus",
    "ThesaurusError",
    "Token",
    "analyse",
    "analyse_query",
    "bag",
    "concept_spots",
    "concepts",
    "detect_language",
    "fold",
    "folded",
    "model_numbers",
    "quantities",
    "thesaurus",
]
